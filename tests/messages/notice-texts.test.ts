import { describe, expect, test } from '@jest/globals';
import { PROVIDERS } from '../../lib/linking/identity.ts';
import { NOTICE_TYPES, type Notice } from '../../lib/linking/notice.ts';
import { lockedMail, type NoticeContent, noticeMail, noticeSms } from '../../lib/messages/notice-texts.ts';

const HAN = /\p{Script=Han}/u;
/** As long as a link gets with an account id of ten digits. */
const UNDO_URL = `https://console.example.com/not-me#1000000001.${'A'.repeat(22)}.${'B'.repeat(22)}`;

const content = (changes: Partial<NoticeContent> = {}): NoticeContent => ({
  type: 'linked',
  provider: 'email',
  display: 'a***e@example.com',
  at: '2026-11-24T16:05:00.000Z',
  ip: '203.0.*.*',
  language: 'zh-CN',
  brand: '示例云',
  undoUrl: UNDO_URL,
  ...changes,
});

const cases = NOTICE_TYPES.flatMap((type) =>
  PROVIDERS.map((provider): [Notice['type'], (typeof PROVIDERS)[number]] => [type, provider]),
);

describe.each(cases)('%s by %s', (type, provider) => {
  const { undoUrl: _undoUrl, ...closed } = content({ type, provider, display: '<b>点这里 evil.example</b>' });
  const of = (language: 'zh-CN' | 'en'): NoticeContent => {
    const brand = language === 'en' ? 'Example Cloud' : '示例云';
    return { ...closed, language, brand, ...(type !== 'frozen' && { undoUrl: UNDO_URL }) };
  };

  test('is in one language, whole', () => {
    for (const text of [noticeSms(of('en')), noticeMail(of('en')).text, noticeMail(of('en')).subject])
      expect(provider === 'email' ? text.replaceAll('点这里', '') : text).not.toMatch(HAN);
    for (const text of [noticeSms(of('zh-CN')), noticeMail(of('zh-CN')).text]) expect(text).toMatch(HAN);
    expect(noticeMail(of('zh-CN')).html).toContain('<html lang="zh-CN">');
  });

  test('has a link where there is something to say, once in the SMS, and to press in the mail', () => {
    const count = (text: string) => text.split(UNDO_URL).length - 1;
    const expected = type === 'frozen' ? 0 : 1;
    expect(count(noticeSms(of('zh-CN')))).toBe(expected);
    expect(count(noticeMail(of('zh-CN')).text)).toBe(expected);
    expect(count(noticeMail(of('zh-CN')).html)).toBe(2 * expected);
  });

  test('repeats no nickname, and no markup of anybody’s', () => {
    const { html, text } = noticeMail(of('zh-CN'));
    expect(html).not.toContain('<b>');
    if (provider !== 'email') expect(noticeSms(of('zh-CN')) + text).not.toContain('evil');
  });
});

test('the time is told where it is read: Beijing’s in Chinese, UTC in English', () => {
  expect(noticeSms(content())).toContain('11月25日 00:05（北京时间）');
  expect(noticeSms(content({ language: 'en' }))).toContain('24 Nov, 16:05 UTC');
});

test('an SMS takes three parts at most, in Chinese (67 characters each) and in English (153)', () => {
  for (const type of NOTICE_TYPES) {
    expect(noticeSms(content({ type })).length).toBeLessThanOrEqual(3 * 67);
    expect(noticeSms(content({ type, language: 'en', brand: 'Example Cloud' })).length).toBeLessThanOrEqual(
      3 * 153,
    );
  }
});

test('a locked address is told in both languages, since nobody knows its owner’s', () => {
  const { subject, text, html } = lockedMail('示例云');
  for (const part of [subject, text, html]) {
    expect(part).toMatch(HAN);
    expect(part).toMatch(/[a-z]{4} [a-z]{4}/);
  }
});
