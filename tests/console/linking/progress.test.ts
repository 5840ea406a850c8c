import { describe, expect, test } from '@jest/globals';
import {
  afterCleared,
  afterMailSent,
  afterMethodChange,
  afterOnlyKept,
  afterSmsSent,
  afterUnlinked,
  afterVerified,
  afterWrongCode,
  checkOf,
  findPurpose,
  isReached,
  mayResume,
  methodOf,
  providerOf,
  remainingMethods,
  stageOf,
} from '../../../console/src/linking/progress.ts';
import {
  account,
  check,
  linked,
  onProbation,
  registered,
  suspended,
  unlinked,
  verified,
} from '../account.ts';

const NOW = Date.parse('2026-11-24T08:00:30.000Z');
const sent = {
  sentTo: '138****8001',
  expiresAt: '2026-11-24T08:05:00.000Z',
  resendAt: '2026-11-24T08:01:00.000Z',
};

describe('the dialog to show', () => {
  test('is the identity check at first, and while its code is waiting', () => {
    expect(stageOf(account(), 'link_email', NOW)).toBe('check');
    expect(stageOf(account({ checks: [check('link_email')] }), 'link_email', NOW)).toBe('check');
  });

  test('is the next one when the check of this very purpose has been passed', () => {
    expect(stageOf(account({ checks: [verified('link_email')] }), 'link_email', NOW)).toBe('email');
    expect(stageOf(account({ checks: [verified('link_wechat')] }), 'link_wechat', NOW)).toBe('oauth');
    expect(stageOf(account({ checks: [verified('link_email')] }), 'link_wechat', NOW)).toBe('check');
    expect(stageOf(account({ checks: [verified('unlink_email')] }), 'unlink_email', NOW)).toBe('check');
  });

  test('goes on with a mail code that is waiting', () => {
    const waiting = { ...verified('link_email'), step: 'email' } as const;
    expect(stageOf(account({ checks: [waiting] }), 'link_email', NOW)).toBe('email');
  });

  test('is the identity check again when the passed one has expired', () => {
    const later = Date.parse('2026-11-24T08:10:00.000Z');
    expect(stageOf(account({ checks: [verified('link_email')] }), 'link_email', later)).toBe('check');
  });
});

describe('a purpose', () => {
  test('is reached when the account says so', () => {
    expect(isReached(account(), 'link_email')).toBe(false);
    expect(isReached(account({ methods: [linked('email')] }), 'link_email')).toBe(true);
    expect(isReached(account({ methods: [linked('email')] }), 'unlink_email')).toBe(false);
    expect(isReached(account(), 'unlink_email')).toBe(true);
    expect(isReached(account(), 'link_qq')).toBe(false);
  });

  test('is gone on with after a reload only where it can be', () => {
    expect(mayResume(account(), 'link_email')).toBe(true);
    expect(mayResume(account({ methods: [linked('email')] }), 'link_email')).toBe(true);
    expect(mayResume(account({ methods: [registered('email')] }), 'link_email')).toBe(false);
    expect(mayResume(account({ methods: [registered('email')] }), 'unlink_email')).toBe(false);
  });

  test('to clear is reached once the method is suspended no more, or gone on with while it is', () => {
    const before = account({ methods: [suspended(linked('email')), registered('qq')] });
    expect([isReached(before, 'clear_email'), mayResume(before, 'clear_email')]).toEqual([false, true]);
    const after = account({ methods: [onProbation(linked('email')), registered('qq')] });
    expect([isReached(after, 'clear_email'), mayResume(after, 'clear_email')]).toEqual([true, true]);
    expect(mayResume(account({ methods: [unlinked('email')] }), 'clear_email')).toBe(false);
  });

  test('to keep one alone is about the method that opened the session, and reached once no other can sign in', () => {
    const before = account({ methods: [linked('email'), unlinked('wechat'), registered('qq')] });
    expect(providerOf(before, 'only')).toBe('qq');
    expect(providerOf(before, 'unlink_email')).toBe('email');
    expect([isReached(before, 'only'), mayResume(before, 'only')]).toEqual([false, true]);
    const after = account({ methods: [suspended(linked('email')), unlinked('wechat'), registered('qq')] });
    expect(isReached(after, 'only')).toBe(true);
    expect(stageOf(account({ checks: [verified('only')] }), 'only', NOW)).toBe('check');
  });

  test('to choose preferences is reached once the account has them, and opened again only with what was chosen', () => {
    const before = account({ preferences: { language: null, notify: 'all' } });
    expect(isReached(before, 'preferences', 'en/mail')).toBe(false);
    expect(
      isReached(account({ preferences: { language: 'en', notify: 'mail' } }), 'preferences', 'en/mail'),
    ).toBe(true);
    for (const [word, may] of [
      ['en/mail', true],
      ['/sms', true],
      [null, false],
      ['fr/mail', false],
      ['en', false],
    ] as const)
      expect([word, mayResume(before, 'preferences', word)]).toEqual([word, may]);
    expect([isReached(before, 'export'), mayResume(before, 'export')]).toEqual([false, true]);
    expect(stageOf(account({ checks: [verified('preferences')] }), 'preferences', NOW)).toBe('check');
  });

  test('is read back only where this page has dialogs for it', () => {
    expect(findPurpose('unlink_wechat')).toBe('unlink_wechat');
    for (const text of [null, '', 'rename_email', 'link_email ', '__proto__'])
      expect(findPurpose(text)).toBeNull();
  });
});

describe('what an answer changes', () => {
  test('a code by SMS waits, in place of an earlier check of that purpose', () => {
    const after = afterSmsSent(
      account({ checks: [verified('link_email'), check('link_wechat')] }),
      'link_email',
      sent,
    );
    expect(after.checks).toHaveLength(2);
    expect(checkOf(after, 'link_email')).toMatchObject({ step: 'phone', ...sent, verifiedUntil: null });
  });

  test('a passed check opens the action, and a mail code keeps it open', () => {
    const until = '2026-11-24T08:10:00.000Z';
    const open = afterVerified(account({ checks: [check('link_email')] }), 'link_email', until);
    expect(checkOf(open, 'link_email')).toEqual(verified('link_email'));
    const mailed = afterMailSent(open, 'link_email', { ...sent, sentTo: 'l***n@example.com' });
    expect(checkOf(mailed, 'link_email')).toMatchObject({
      step: 'email',
      sentTo: 'l***n@example.com',
      verifiedUntil: until,
    });
    expect(stageOf(mailed, 'link_email', NOW)).toBe('email');
  });

  test('a wrong guess leaves the code waiting', () => {
    const before = account({ checks: [check('link_email')] });
    expect(checkOf(afterWrongCode(before, 'link_email', 3), 'link_email')).toMatchObject({
      ...sent,
      attemptsLeft: 3,
    });
    expect(afterWrongCode(before, 'link_email', undefined)).toBe(before);
    expect(afterWrongCode(account(), 'link_email', 3).checks).toEqual([]);
  });

  test('a link shows at once and uses up its check', () => {
    const after = afterMethodChange(
      account({ checks: [verified('link_email')] }),
      'link_email',
      linked('email'),
    );
    expect(isReached(after, 'link_email')).toBe(true);
    expect(after.checks).toEqual([]);
    expect(after.methods.map((method) => method.provider)).toEqual(['email', 'wechat', 'qq']);
  });

  test('an unlinked method is gone at once', () => {
    const before = account({ methods: [linked('email'), unlinked('wechat'), registered('qq')] });
    const after = afterUnlinked(before, 'email');
    expect(isReached(after, 'unlink_email')).toBe(true);
    expect(remainingMethods(before, 'email').map((method) => method.provider)).toEqual(['qq']);
  });

  test('what is suspended is no way in that remains', () => {
    const before = account({ methods: [linked('email'), suspended(registered('qq'))] });
    expect(remainingMethods(before, 'email')).toEqual([]);
  });

  test('a method that was cleared can be used at once, and its check is used up', () => {
    const before = account({
      methods: [suspended(linked('email')), registered('qq')],
      checks: [verified('clear_email'), verified('only')],
    });
    const after = afterCleared(before, 'email');
    expect(methodOf(after, 'email')).toEqual(linked('email'));
    expect(after.checks.map(({ purpose }) => purpose)).toEqual(['only']);
    expect(afterCleared(account({ methods: [] }), 'email').methods).toEqual([]);
  });

  test('one method kept alone: the rows are those of the answer', () => {
    const methods = [suspended(linked('email')), registered('qq')];
    const before = account({ methods: [linked('email'), registered('qq')], checks: [verified('only')] });
    expect(afterOnlyKept(before, methods)).toEqual({ ...before, methods, checks: [] });
  });
});
