import { describe, expect, test } from '@jest/globals';
import calculator from 'sms-segments-calculator';
import { WAYS_IN } from '../../lib/linking/identity.ts';
import { LANGUAGES, type Language } from '../../lib/linking/language.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import { lockedMail, type NoticeContent, noticeMail, noticeSms } from '../../lib/messages/notice-texts.ts';

const HAN = /\p{Script=Han}/u;
const NOT_ME_URL = 'https://console.example.com/not-me';
/** As long as a link gets with an account id of ten digits. */
const UNDO_URL = `${NOT_ME_URL}#1000000001.${'A'.repeat(22)}.${'B'.repeat(27)}`;
const BRANDS: Record<Language, string> = { 'zh-CN': '示例云', en: 'Example Cloud' };

function content(changes: Partial<NoticeContent> = {}, language: Language = 'zh-CN'): NoticeContent {
  return {
    type: 'linked',
    provider: 'email',
    display: 'a***e@example.com',
    at: '2026-11-24T16:05:00.000Z',
    ip: '203.0.*.*',
    brand: BRANDS[language],
    helpUrl: '',
    accountId: '100000001',
    device:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36',
    hasPhone: true,
    undoUrl: UNDO_URL,
    expiresAt: Date.parse('2026-11-27T16:05:00Z') / 1000,
    ...changes,
  };
}

/** As it is where the channel gets no link. */
function withoutLink(changes: Partial<NoticeContent> = {}, language: Language = 'zh-CN'): NoticeContent {
  const { undoUrl: _undoUrl, ...rest } = content(changes, language);
  return rest;
}

/** The SMS of what such a mail says. */
const smsOf = ({ undoUrl: url, ...facts }: NoticeContent, language: Language) =>
  noticeSms({ ...facts, notMeUrl: NOT_ME_URL, undo: url === undefined ? undefined : { url } }, language);

type Kind = Pick<NoticeContent, 'type' | 'isAttempt'>;
const KINDS: readonly Kind[] = [
  ...(['linked', 'unlinked', 'replaced', 'signed_in'] as const).map((type) => ({ type })),
  ...(['frozen', 'suspended', 'cleared', 'locked'] as const).map((type) => ({ type })),
  { type: 'suspended', isAttempt: true },
];
const nameOf = ({ type, isAttempt }: Kind) => (isAttempt ? `attempt at a ${type} one` : type);
const cases = KINDS.flatMap((kind) => WAYS_IN.map((provider) => [nameOf(kind), provider, kind] as const));
const count = (text: string) => text.split(UNDO_URL).length - 1;

describe.each(cases)('%s by %s', (_name, provider, kind) => {
  const display = '<b>点这里 evil.example</b>';

  test('is in one language, whole', () => {
    const of = content({ ...kind, provider, display: 'a***e@example.com' }, 'en');
    const english = [smsOf(of, 'en'), noticeMail(of, ['en']).text, noticeMail(of, ['en']).subject];
    for (const text of english) expect(text).not.toMatch(HAN);
    const chinese = content({ ...kind, provider, display });
    for (const text of [smsOf(chinese, 'zh-CN'), noticeMail(chinese, ['zh-CN']).text])
      expect(text.replaceAll(/https:\S+|a\*\*\*e@example.com/g, '')).not.toMatch(/[a-z]{3} [a-z]{3}/);
    expect(noticeMail(chinese, ['zh-CN']).html).toContain('<html lang="zh-CN">');
  });

  test('has no word that is missing', () => {
    for (const language of LANGUAGES)
      for (const of of [
        content({ ...kind, provider }, language),
        withoutLink({ ...kind, provider }, language),
      ]) {
        const { subject, text, html } = noticeMail(of, [language]);
        for (const part of [smsOf(of, language), subject, text, html])
          expect(part).not.toMatch(/undefined|\[object|NaN|\$\{| {2}\S|于 {2}/);
      }
  });

  test('has its link once in the SMS, and to press in the mail', () => {
    const of = content({ ...kind, provider });
    expect(count(smsOf(of, 'zh-CN'))).toBe(1);
    expect(count(noticeMail(of, ['zh-CN']).text)).toBe(1);
    expect(count(noticeMail(of, ['zh-CN']).html)).toBe(2);
  });

  test('has a code in place of its link where the number takes none', () => {
    const { undoUrl: _url, ...facts } = content({ ...kind, provider });
    const code = '047281' as Code;
    for (const language of LANGUAGES) {
      const text = noticeSms({ ...facts, notMeUrl: NOT_ME_URL, undo: { code } }, language);
      expect(text).toMatch(/https:\/\/console\.example\.com\/not-me (输入|and enter) 047281$/);
    }
  });

  test('without a link says where to go instead, and speaks of none', () => {
    const of = withoutLink({ ...kind, provider });
    for (const text of [smsOf(of, 'zh-CN'), noticeMail(of, ['zh-CN']).text]) {
      expect(text).toContain('请登录后查看最近活动');
      expect(text).not.toMatch(/https:|下面的链接/);
    }
    for (const text of [smsOf(of, 'en'), noticeMail(of, ['en']).text]) {
      expect(text).toContain('sign in and look at your recent activity');
      expect(text).not.toMatch(/https:|link below/);
    }
    expect(noticeMail(of, LANGUAGES).html).not.toContain('<a ');
  });

  test('repeats no nickname, and no markup of anybody’s', () => {
    const of = content({ ...kind, provider, display });
    const { html, text } = noticeMail(of, LANGUAGES);
    expect(html).not.toContain('<b>');
    if (provider !== 'email') expect(smsOf(of, 'zh-CN') + text).not.toContain('evil');
  });

  test.each(LANGUAGES)('is an SMS of few parts in %s, whatever the address', (language) => {
    const long = `a***e@${'x'.repeat(60)}.example.com`;
    const text = smsOf(content({ ...kind, provider, display: long }, language), language);
    const { encodingName, segmentsCount } = new calculator.SegmentedMessage(text);
    expect(encodingName).toBe(language === 'en' ? 'GSM-7' : 'UCS-2');
    expect(segmentsCount).toBeLessThanOrEqual(language === 'en' ? 2 : 3);
  });
});

test('the time is told where it is read: Beijing’s in Chinese, UTC in English', () => {
  expect(smsOf(content(), 'zh-CN')).toContain('11月25日 00:05（北京时间）');
  expect(smsOf(content(), 'en')).toContain('24 Nov, 16:05 UTC');
});

test('each says until when its link is good', () => {
  expect(smsOf(content(), 'zh-CN')).toContain('请在 11月28日 00:05 前打开');
  expect(smsOf(content(), 'en')).toContain('Before 27 Nov, 16:05, open');
  expect(noticeMail(content(), ['zh-CN']).text).toContain('请在 11月28日 00:05（北京时间）前打开');
  expect(noticeMail(content(), ['en']).text).toContain('before 27 Nov, 16:05 UTC');
});

test('what confirming does is said of each as it is', () => {
  const { text } = noticeMail(content({ provider: 'wechat' }), LANGUAGES);
  for (const words of [
    '所有设备将退出登录',
    '24 小时内不能关联',
    '并暂停使用微信登录',
    '可以解绑它，或仅保留一种登录方式',
  ])
    expect(text).toContain(words);
  for (const words of [
    'all devices are signed out',
    'nothing can be linked for 24 hours',
    'signing in with WeChat is suspended',
    'unlink it, or keep only one way to sign in',
  ])
    expect(text).toContain(words);
  const unlinked = noticeMail(content({ provider: 'wechat', type: 'unlinked' }), LANGUAGES).text;
  expect(unlinked).not.toMatch(/暂停|suspended/);
  expect(unlinked).toContain('可以重新关联它');
  // What is put back takes a code to the phone.
  expect(noticeMail(content({ type: 'signed_in', hasPhone: false }), LANGUAGES).text).not.toMatch(
    /手机|phone/,
  );
});

test('what is suspended can be used again behind the link, of which mail says that the phone has it', () => {
  const suspended: Partial<NoticeContent> = { type: 'suspended', provider: 'qq' };
  expect(smsOf(content(suspended), 'zh-CN')).toMatch(/暂停使用 QQ 登录.*要恢复使用请在 .* 前打开 https/);
  expect(smsOf(content({ ...suspended, isAttempt: true }), 'zh-CN')).toMatch(
    /尝试通过 QQ 登录您的账号.*如是您本人，要恢复使用请在 .* 前打开 https/,
  );
  expect(noticeMail(withoutLink(suspended), LANGUAGES).text).toMatch(
    /发送到您手机的链接[\s\S]*sent to your phone/,
  );
  expect(noticeMail(withoutLink({ ...suspended, hasPhone: false }), LANGUAGES).text).not.toMatch(
    /手机|phone/,
  );
});

describe('a mail in two languages', () => {
  const of = content({ provider: 'wechat' });

  test('says it in the first, then in the other, the subject too', () => {
    const [one, other] = [noticeMail(of, ['zh-CN', 'en']), noticeMail(of, ['en', 'zh-CN'])];
    expect(one.subject).toBe('示例云 账号关联了微信 / WeChat was linked to your 示例云 account');
    expect(other.subject).toBe('WeChat was linked to your 示例云 account / 示例云 账号关联了微信');
    expect(one.text).toMatch(/关联了微信[\s\S]*was linked to WeChat/);
    expect(other.text).toMatch(/was linked to WeChat[\s\S]*关联了微信/);
    expect(count(one.text)).toBe(2);
  });

  test('marks each part with its language, and is one page', () => {
    const { html } = noticeMail(of, ['en', 'zh-CN']);
    expect(html).toMatch(/<html lang="en">[\s\S]*<div lang="en"[\s\S]*<div lang="zh-CN"/);
    const tags = (end: '' | '/') => [
      ...html.matchAll(new RegExp(`<${end}(html|body|div|h1|p|a|strong)\\b`, 'g')),
    ];
    expect(tags('').length).toBe(tags('/').length);
  });
});

test('SES is told not to make links of its own of ours', () => {
  const { html } = noticeMail(content(), LANGUAGES);
  const links = [...html.matchAll(/<a [^>]*>/g)].map(([link]) => link);
  expect(links).toHaveLength(2);
  for (const link of links) expect(link).toMatch(/^<a ses:no-track href="https:/);
});

test('the owner of a locked address is told in the languages of the account', () => {
  const { subject, text, html } = lockedMail({ brand: '示例云', helpUrl: '' }, LANGUAGES);
  for (const part of [subject, text, html]) {
    expect(part).toMatch(HAN);
    expect(part).toMatch(/[a-z]{4} [a-z]{4}/);
  }
  const english = lockedMail({ brand: 'Example Cloud', helpUrl: '' }, ['en']);
  for (const part of Object.values(english)) expect(part).not.toMatch(HAN);
});

test('a mail tells the facts in a table, and calls the browser by a name of ours or not at all', () => {
  const { text, html } = noticeMail(content({ provider: 'wechat' }), LANGUAGES);
  for (const line of [
    '账号: 100***001',
    '设备: Windows · Chrome',
    'IP address: 203.0.*.*',
    'Device: Chrome on Windows',
  ])
    expect(text).toContain(line);
  expect(html).toContain('<th scope="row"');
  const odd = noticeMail(content({ device: 'Call +86 138 now evil.example' }), ['en']);
  expect(odd.text).toContain('Device: Unknown device');
  expect(odd.html).not.toContain('evil');
  expect(noticeMail(content({ helpUrl: 'mailto:help@example.com' }), ['en']).text).toContain(
    'Need help? help@example.com',
  );
});

test('the subject of a sign-in says whose, and with what', () => {
  expect(noticeMail(content({ type: 'signed_in', provider: 'wechat' }, 'en'), ['en']).subject).toBe(
    'New sign-in to your Example Cloud account with WeChat',
  );
});
