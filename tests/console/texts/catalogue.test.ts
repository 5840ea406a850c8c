import { describe, expect, test } from '@jest/globals';
import { FAILURE_CODES } from '../../../client/src/failure.ts';
import { CATALOGUE } from '../../../console/src/texts/catalogue.ts';
import { LANGUAGES } from '../../../lib/linking/language.ts';

const HAN = /\p{Script=Han}/u;
/** What is said in the other language on purpose: the switch to it, and its name. */
const OTHER_LANGUAGE = new Set(['header.language', 'preferences.language_zh-CN']);

function blanks(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1]).toLowerCase()).sort();
}

function errorSentences(language: (typeof LANGUAGES)[number]): string[] {
  return Object.values(CATALOGUE[language].errors).flatMap((text) => [text.title, text.next]);
}

describe('the catalogue', () => {
  test('has the same keys in every language', () => {
    const keys = Object.keys(CATALOGUE['zh-CN'].texts).sort();
    for (const language of LANGUAGES) expect(Object.keys(CATALOGUE[language].texts).sort()).toEqual(keys);
  });

  test('has the same blanks in every language', () => {
    const { en } = CATALOGUE;
    for (const [key, text] of Object.entries(CATALOGUE['zh-CN'].texts)) {
      const translated: Readonly<Record<string, string>> = en.texts;
      expect([key, blanks(translated[key] ?? '')]).toEqual([key, blanks(text)]);
    }
  });

  test('says something everywhere', () => {
    for (const language of LANGUAGES) {
      const all = [...Object.values(CATALOGUE[language].texts), ...errorSentences(language)];
      expect(all.filter((text) => text.trim() === '')).toEqual([]);
    }
  });

  test('has no Chinese in English, and no sentence in English in Chinese', () => {
    const english = Object.entries(CATALOGUE.en.texts).filter(([key]) => !OTHER_LANGUAGE.has(key));
    expect(english.filter(([, text]) => HAN.test(text))).toEqual([]);
    expect(errorSentences('en').filter((text) => HAN.test(text))).toEqual([]);
    expect(errorSentences('zh-CN').filter((text) => !HAN.test(text))).toEqual([]);
  });

  test('has words and a next step for every code, in every language', () => {
    for (const language of LANGUAGES) {
      for (const code of FAILURE_CODES) {
        expect(CATALOGUE[language].errors[code]).toEqual({
          title: expect.stringMatching(/\S/),
          next: expect.stringMatching(/\S/),
        });
      }
    }
  });

  test('has the same variants of an error in every language', () => {
    const keys = Object.keys(CATALOGUE['zh-CN'].errors).sort();
    expect(Object.keys(CATALOGUE.en.errors).sort()).toEqual(keys);
  });

  test('keeps the button names of the user guide', () => {
    const { texts } = CATALOGUE['zh-CN'];
    expect([
      texts['methods.link'],
      texts['methods.unlink'],
      texts['code.send'],
      texts['dialog.confirm'],
      texts['check.title'],
      texts['email.title'],
      texts['crumbs.account'],
    ]).toEqual(['关联', '解绑', '发送验证码', '确定', '身份验证', '关联邮箱账号', '账号信息']);
  });

  test('calls accounts and sub-accounts as the user guide does', () => {
    const { errors } = CATALOGUE['zh-CN'];
    expect(errors.sub_account).toEqual({
      title: expect.stringContaining('子账号'),
      next: expect.stringContaining('主账号'),
    });
    expect(errors.identity_sub_account.title).toContain('子账号');
    const all = [...Object.values(CATALOGUE['zh-CN'].texts), ...errorSentences('zh-CN')];
    expect(all.filter((text) => /帐号|绑定|发送短信/.test(text))).toEqual([]);
  });
});
