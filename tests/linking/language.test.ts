import { describe, expect, test } from '@jest/globals';
import { mailLanguages, smsLanguage } from '../../lib/linking/language.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';

const MAINLAND = '+8613800138001' as PhoneNumber;
/** Hong Kong, Bangladesh, the United States. */
const OTHERS = ['+85212345678', '+8801712345678', '+12025550123'] as PhoneNumber[];

describe('the language of an SMS', () => {
  test('is Chinese in mainland China, whatever is known', () => {
    for (const known of ['zh-CN', 'en', undefined] as const)
      expect(smsLanguage(MAINLAND, known)).toBe('zh-CN');
  });

  test.each(OTHERS)('is the known one at %s, else English', (phone) => {
    expect(smsLanguage(phone, 'zh-CN')).toBe('zh-CN');
    expect(smsLanguage(phone, 'en')).toBe('en');
    expect(smsLanguage(phone, undefined)).toBe('en');
  });
});

describe('the languages of a mail', () => {
  test('are the account’s alone if it has one', () => {
    expect(mailLanguages({ language: 'en', phone: MAINLAND })).toEqual(['en']);
    expect(mailLanguages({ language: 'zh-CN' })).toEqual(['zh-CN']);
  });

  test('are both if it has none, Chinese first where the phone is of mainland China', () => {
    expect(mailLanguages({ phone: MAINLAND })).toEqual(['zh-CN', 'en']);
    for (const phone of OTHERS) expect(mailLanguages({ phone })).toEqual(['en', 'zh-CN']);
    expect(mailLanguages({})).toEqual(['en', 'zh-CN']);
  });
});
