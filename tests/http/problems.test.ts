import { describe, expect, test } from '@jest/globals';
import { PROBLEM_CODES, STATUS } from '../../lib/contract/problems.ts';
import { PROBLEM_TEXTS } from '../../lib/http/problem-texts.ts';
import { problemResponse } from '../../lib/http/problems.ts';
import { Problem } from '../../lib/linking/problem.ts';

describe.each(['zh-CN', 'en'] as const)('in %s', (language) => {
  test('every code has a title and a detail of its own', () => {
    const texts = PROBLEM_TEXTS[language];
    expect(Object.keys(texts).sort()).toEqual([...PROBLEM_CODES].sort());
    const details = PROBLEM_CODES.map((code) => texts[code].detail);
    expect(new Set(details).size).toBe(PROBLEM_CODES.length);
    for (const code of PROBLEM_CODES) {
      const { title, detail } = texts[code];
      for (const text of [title, detail]) {
        expect(text.trim()).toBe(text);
        expect(text).not.toBe('');
        expect(/\p{Script=Han}/u.test(text)).toBe(language === 'zh-CN');
      }
      expect(detail.length).toBeGreaterThan(title.length);
      expect(detail).toMatch(/[.。]$/);
    }
  });

  test.each(PROBLEM_CODES)('%s is answered as RFC 9457 has it', (code) => {
    const { statusCode, headers, body } = problemResponse(new Problem(code), language);
    expect(statusCode).toBe(STATUS[code]);
    expect(headers).toEqual({
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': language,
    });
    const json = JSON.parse(body ?? '');
    expect(json).toEqual({
      type: expect.any(String),
      ...PROBLEM_TEXTS[language][code],
      status: STATUS[code],
      code,
    });
    expect(URL.canParse(json.type)).toBe(true);
  });
});

test('what a problem says besides is among its members, and how long to wait in the header too', () => {
  const errors = [{ path: 'email', message: 'must be of type string' }];
  const problem = new Problem('too_soon', { retryAfter: 17, attemptsLeft: 2, errors });
  const { headers, body } = problemResponse(problem, 'en');
  expect(headers).toMatchObject({ 'retry-after': '17' });
  expect(JSON.parse(body ?? '')).toMatchObject({ retryAfter: 17, attemptsLeft: 2, errors });
});

test('no attempts left is said, not left out', () => {
  const { body } = problemResponse(new Problem('code_wrong', { attemptsLeft: 0 }), 'en');
  expect(JSON.parse(body ?? '').attemptsLeft).toBe(0);
});
