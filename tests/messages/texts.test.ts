import { describe, expect, test } from '@jest/globals';
import { type CodePurpose, PURPOSES } from '../../lib/linking/identity.ts';
import type { Language } from '../../lib/linking/language.ts';
import { actionText, CATALOGUE } from '../../lib/messages/catalogue.ts';
import { type MailPurpose, mailContent, smsText } from '../../lib/messages/texts.ts';

const languages: Language[] = ['zh-CN', 'en'];
const purposes: readonly CodePurpose[] = [...PURPOSES, 'restore'];
const mailPurposes: MailPurpose[] = ['sign_in', 'link_email', 'replace_email'];
const HELP = 'https://www.example.com/help';
const common = { code: '047281', validMinutes: 5, brand: 'Example Cloud', helpUrl: HELP };

const everySms = languages.flatMap((language) =>
  purposes.map((purpose) => ({ language, purpose, text: smsText({ ...common, language, purpose }) })),
);
const everyMail = languages.flatMap((language) =>
  mailPurposes.map((purpose) => ({ language, purpose, ...mailContent({ ...common, language, purpose }) })),
);

const sixDigits = /\d{6}/g;
/** What a phone puts into one septet; the extension table is left out on purpose. */
const gsm7 = /^[A-Za-z0-9 @!"#%&'()*+,\-./:;<=>?\n]*$/;

test('the catalogue knows exactly the same actions and mails in both languages', () => {
  for (const language of languages) {
    expect(Object.keys(CATALOGUE[language].mail).sort()).toEqual([...mailPurposes].sort());
    const actions = purposes.map((purpose) => actionText(purpose, language));
    expect(new Set(actions).size).toBe(purposes.length);
  }
});

test('no Chinese is left in the English, no sentence is empty, and no placeholder stays', () => {
  const english = [...everySms, ...everyMail].filter(({ language }) => language === 'en');
  for (const message of english) expect(JSON.stringify(message)).not.toMatch(/\p{Script=Han}|【/u);
  for (const { text } of [...everySms, ...everyMail]) {
    expect(text).not.toMatch(/undefined|\[object|NaN|\$\{/);
    for (const line of text.split('\n\n')) expect(line.trim()).not.toBe('');
  }
});

test('what a code is for is said as people say it', () => {
  const said = (purpose: CodePurpose) => languages.map((language) => actionText(purpose, language));
  expect(said('link_email')).toEqual(['关联邮箱', 'link an email']);
  expect(said('unlink_email')).toEqual(['解绑邮箱', 'unlink your email']);
  expect(said('link_wechat')).toEqual(['关联微信', 'link WeChat']);
  expect(said('unlink_qq')).toEqual(['解绑 QQ', 'unlink QQ']);
  expect(said('restore')).toEqual(['恢复账号', 'restore your account']);
});

test('so is what lifts a suspension, or suspends all but one', () => {
  const { 'zh-CN': chinese, en: english } = CATALOGUE;
  expect(chinese.actions.clear('wechat')).toBe('恢复使用微信登录');
  expect(chinese.actions.clear('qq')).toBe('恢复使用 QQ 登录');
  expect(english.actions.clear('wechat')).toBe('use WeChat to sign in again');
  expect([chinese.only, english.only]).toEqual(['仅保留当前登录方式', 'keep only one way to sign in']);
  for (const action of [english.only, english.actions.clear('wechat')])
    expect(english.sms({ ...common, action }).length).toBeLessThanOrEqual(160);
});

describe('SMS', () => {
  test.each(everySms)('$language $purpose: the code is the only run of six digits', ({ text }) => {
    expect(text.match(sixDigits)).toEqual([common.code]);
  });

  test.each(everySms)(
    '$language $purpose: says what for, how long, and to keep it',
    ({ language, purpose, text }) => {
      expect(text).toContain(actionText(purpose, language));
      expect(text).toContain(language === 'en' ? 'Valid 5 min' : '5 分钟内有效');
      expect(text).toContain(language === 'en' ? 'Never share it' : '请勿告诉任何人');
      expect(text).toContain(language === 'en' ? 'Not you?' : '如非本人操作');
    },
  );

  test.each(everySms)('$language $purpose: is short', ({ language, text }) => {
    if (language === 'en') {
      expect(text).toMatch(gsm7);
      expect(text.length).toBeLessThanOrEqual(160);
    } else {
      expect(text.startsWith(`【${common.brand}】`)).toBe(true);
      // One part, and not two.
      expect(text.length).toBeLessThanOrEqual(70);
    }
  });

  test('every action has a text of its own', () => {
    expect(new Set(everySms.map(({ text }) => text)).size).toBe(everySms.length);
  });

  test('one to read as a whole', () => {
    expect(smsText({ ...common, brand: '示例云', language: 'zh-CN', purpose: 'unlink_wechat' })).toBe(
      '【示例云】验证码 047281，用于解绑微信，5 分钟内有效。请勿告诉任何人。如非本人操作，请检查账号。',
    );
    expect(smsText({ ...common, language: 'en', purpose: 'unlink_wechat' })).toBe(
      'Example Cloud: 047281 is your code to unlink WeChat. Valid 5 min. ' +
        'Never share it, not even with our staff. Not you? Check your account now.',
    );
  });
});

describe('mail', () => {
  test.each(everyMail)('$language $purpose: the subject says what it is about and keeps the code', (mail) => {
    expect(mail.subject).not.toMatch(/\d{3}|\n/);
    expect(mail.subject).toContain(common.brand);
    expect(mail.subject).toMatch(mail.language === 'en' ? /code/ : /验证码$/);
  });

  test('subjects tell the purposes apart', () => {
    expect(new Set(everyMail.map(({ subject }) => subject)).size).toBe(everyMail.length);
  });

  test.each(everyMail)('$language $purpose: the code is the only run of six digits', ({ text, html }) => {
    expect(text.match(sixDigits)).toEqual([common.code]);
    expect(html.match(sixDigits)).toEqual([common.code]);
  });

  test.each(everyMail)(
    '$language $purpose: both bodies say the same',
    ({ language, purpose, text, html }) => {
      const sentences = CATALOGUE[language].mail[purpose](common);
      for (const key of ['intro', 'validity', 'secrecy', 'notYou'] as const) {
        expect(text).toContain(sentences[key]);
        expect(html).toContain(sentences[key]);
      }
      expect(sentences.validity).toMatch(/\b5\b/);
      expect(sentences.secrecy).toContain(language === 'en' ? 'Do not give this code to anyone' : '任何人');
    },
  );

  test.each(everyMail)('$language $purpose: the HTML stands alone and fits a phone', ({ language, html }) => {
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain('<meta charset="utf-8">');
    expect(html).toContain('width=device-width');
    expect(html.replaceAll(HELP, '')).not.toMatch(
      /<(?:script|link|img|iframe|form|a)\b|https?:|url\(|@import|\bon\w+=/i,
    );
    const open = [...html.matchAll(/<(html|head|body|table|tr|td|div|h1|p|strong|title|style)\b/g)].length;
    const close = [...html.matchAll(/<\/(html|head|body|table|tr|td|div|h1|p|strong|title|style)>/g)].length;
    expect(open).toBe(close);
    expect(html).toContain(`user-select:all">${common.code}</p>`);
  });

  test('a minute is a minute in English', () => {
    const one = mailContent({ ...common, validMinutes: 1, language: 'en', purpose: 'sign_in' });
    expect(one.text).toContain('valid for 1 minute ');
  });

  test.each(everyMail)(
    '$language $purpose: whatever the brand is, it is text in the HTML',
    ({ language, purpose }) => {
      const brand = `<img src=x onerror="a('&')">`;
      const { html } = mailContent({ ...common, brand, language, purpose });
      expect(html).not.toContain('<img');
      expect(html).toContain('&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;');
    },
  );
});
