import { describe, expect, test } from '@jest/globals';
import { FAILURE_CODES } from '../../../client/src/failure.ts';
import { CATALOGUE } from '../../../console/src/texts/catalogue.ts';
import { explain } from '../../../console/src/texts/explain.ts';
import { formatClock, formatWait } from '../../../console/src/texts/format.ts';
import { createTranslate, fillIn } from '../../../console/src/texts/translate.ts';
import { LANGUAGES } from '../../../lib/linking/language.ts';

const wechat = { inline: '微信', initial: '微信' };

describe('an error in words', () => {
  test('names the provider', () => {
    const text = explain(CATALOGUE['zh-CN'].errors, 'zh-CN', 'identity_linked', { provider: wechat });
    expect(text.title).toBe('这个微信已关联到其他账号');
  });

  test('starts an English sentence with a capital', () => {
    const provider = { inline: 'email', initial: 'Email' };
    expect(explain(CATALOGUE.en.errors, 'en', 'not_linked', { provider }).title).toMatch(
      /^Email isn’t linked/,
    );
  });

  test('says how long to wait', () => {
    const said = (retryAfterSeconds: number) =>
      explain(CATALOGUE.en.errors, 'en', 'quota_exceeded', { retryAfterSeconds }).next;
    expect([said(42), said(540), said(82_800)]).toEqual([
      'You can send another in 42 seconds.',
      'You can send another in 9 minutes.',
      'You can send another in 23 hours.',
    ]);
  });

  test('depends on where it happened', () => {
    const zh = CATALOGUE['zh-CN'].errors;
    expect(explain(zh, 'zh-CN', 'code_expired', { context: 'email' }).next).toContain('邮箱');
    expect(explain(zh, 'zh-CN', 'code_expired', { context: 'check' }).next).not.toContain('邮箱');
    expect(explain(zh, 'zh-CN', 'delivery_failed', { context: 'unknown' }).next).toContain('直接输入');
  });

  test('of a frozen account says when it ends, or that the wait is unknown, but never a made-up minute', () => {
    const { errors } = CATALOGUE.en;
    expect(explain(errors, 'en', 'account_frozen', { retryAfterSeconds: 86_400 }).next).toContain('24 hours');
    expect(explain(errors, 'en', 'account_frozen', { context: 'oauth' }).next).toContain(
      'when the freeze ends',
    );
  });

  test.each(['unavailable', 'network_error', 'server_error'] as const)(
    'of %s, behind which a change may have been made, says where to look and never that nothing has changed',
    (code) => {
      expect(CATALOGUE.en.errors[code].next).toMatch(/(reload the page|account page).*may have gone through/);
      expect(CATALOGUE['zh-CN'].errors[code].next).toMatch(/(刷新页面|账号信息页面).*是否已经生效/);
      expect(CATALOGUE.en.errors[code].next).not.toMatch(/nothing/i);
      expect(CATALOGUE['zh-CN'].errors[code].next).not.toMatch(/没有(变化|改变|更改)/);
    },
  );

  test('leaves no blank open, for any code in any language', () => {
    for (const language of LANGUAGES) {
      for (const code of FAILURE_CODES) {
        const { title, next } = explain(CATALOGUE[language].errors, language, code, { provider: wechat });
        expect(`${title} ${next}`).not.toMatch(/[{}]/);
      }
    }
  });
});

describe('a text', () => {
  test('is filled in', () => {
    const t = createTranslate(CATALOGUE['zh-CN'].texts);
    expect(t('methods.link_label', { provider: '微信' })).toBe('关联微信');
    expect(t('dialog.confirm')).toBe('确定');
  });

  test('shows a blank that was forgotten', () => {
    expect(fillIn('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });
});

describe('a duration', () => {
  test('in words is rounded up', () => {
    expect([0.2, 60, 90, 91, 300, 5400, 5401].map((seconds) => formatWait(seconds, 'en'))).toEqual([
      '1 second',
      '60 seconds',
      '90 seconds',
      '2 minutes',
      '5 minutes',
      '90 minutes',
      '2 hours',
    ]);
  });

  test('as a clock keeps two digits', () => {
    expect([5, 65, 600, 3725].map(formatClock)).toEqual(['0:05', '1:05', '10:00', '1:02:05']);
  });
});
