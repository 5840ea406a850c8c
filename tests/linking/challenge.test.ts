import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Challenge,
  consumeCheck,
  consumeMailCode,
  judgeCheckCode,
  judgeMailCode,
  NO_CHALLENGE,
  requireVerified,
  sendingUndone,
  startCheck,
  startMail,
} from '../../lib/linking/challenge.ts';
import { checkBudget } from '../../lib/linking/code-budget.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { type Code, deriveKeys, hmacCode, type TokenHash } from '../../lib/linking/secrets.ts';
import { testSettings } from '../support/settings.ts';

const { rules } = testSettings();
const budget = checkBudget(rules);
const keys = deriveKeys('a-key-of-the-tests-of-at-least-32-characters');
const purpose = 'link_email';
const RIGHT = '111111' as Code;
const WRONG = '222222' as Code;
const SESSIONS = ['one', 'two'] as unknown as readonly [TokenHash, TokenHash];
const ADDRESSES = ['a@example.com', 'b@example.com'] as unknown as readonly [EmailAddress, EmailAddress];

let ids = 0;
function newSending(now: number) {
  ids += 1;
  const codeId = `code-${ids}`;
  return { codeId, hmac: hmacCode(keys.current.codes, codeId, purpose, RIGHT), now, rules, budget };
}

const start = (challenge: Challenge, now: number, boundTo = SESSIONS[0]) =>
  startCheck(challenge, { ...newSending(now), factor: 'sms', boundTo, sentTo: '138****8001' });
const guess = (code: Code, now: number) => ({ code, purpose, now, rules, budget, keys }) as const;

function verified(now: number): Challenge {
  return judgeCheckCode(start(NO_CHALLENGE, now), SESSIONS[0], guess(RIGHT, now)).next;
}

const mail = (challenge: Challenge, address: EmailAddress, now: number, session = SESSIONS[0]) =>
  startMail(challenge, requireVerified(challenge, session, now), { ...newSending(now), address });

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

describe('a sending that was refused', () => {
  test('leaves all as before it, but for the guesses that were paid for and the count of changes', () => {
    const before = judgeCheckCode(start(NO_CHALLENGE, 0), SESSIONS[0], guess(WRONG, 5)).next;
    const sending = { ...newSending(60), factor: 'sms', boundTo: SESSIONS[1], sentTo: 'x' } as const;
    const sent = startCheck(before, sending);
    const guessed = judgeCheckCode(sent, SESSIONS[1], guess(WRONG, 61)).next;
    const back = sendingUndone(guessed, sent, before);
    expect(back).toEqual({ ...before, failures: [61, 5], version: guessed.version + 1 });
  });

  test('takes nothing back once something newer has its place', () => {
    const sending = { ...newSending(0), factor: 'sms', boundTo: SESSIONS[0], sentTo: 'x' } as const;
    const sent = startCheck(NO_CHALLENGE, sending);
    expect(sendingUndone(start(sent, 60), sent, NO_CHALLENGE)).toBeUndefined();
    expect(sendingUndone(consumeCheck(sent), sent, NO_CHALLENGE)).toBeUndefined();
    const passed = judgeCheckCode(sent, SESSIONS[0], guess(RIGHT, 1)).next;
    expect(sendingUndone(passed, sent, NO_CHALLENGE)).toBeUndefined();
  });

  test('of a mail keeps the check, the mail code before it, and what other addresses have to wait', () => {
    const first = mail(verified(0), ADDRESSES[0], 1);
    const second = mail(first, ADDRESSES[1], 2);
    const back = sendingUndone(second, second, first) ?? NO_CHALLENGE;
    expect(back).toEqual({ ...first, version: second.version + 1 });
    const check = requireVerified(back, SESSIONS[0], 62);
    const judged = judgeMailCode(back, check, { ...guess(RIGHT, 62), address: ADDRESSES[0] });
    expect(judged.verdict).toBe('right');
  });

  test('of a mail that another address has taken the place of gives back its interval alone', () => {
    const open = verified(0);
    const first = mail(open, ADDRESSES[0], 1);
    const second = mail(first, ADDRESSES[1], 2);
    const back = sendingUndone(second, first, open) ?? NO_CHALLENGE;
    expect(back).toEqual({ ...second, mailResendAt: { [ADDRESSES[1]]: 62 }, version: second.version + 1 });
    expect(sendingUndone(back, first, open)).toBeUndefined();
    expect(sendingUndone(mail(first, ADDRESSES[0], 61), first, open)).toBeUndefined();
  });
});

describe('the interval of mail', () => {
  test('is of one address, and forgotten once its code has expired', () => {
    const first = mail(verified(0), ADDRESSES[0], 1);
    expect(codeOf(() => mail(first, ADDRESSES[0], 60))).toBe('too_soon');
    const second = mail(first, ADDRESSES[1], 60);
    expect(codeOf(() => mail(second, ADDRESSES[0], 60))).toBe('too_soon');
    expect(mail(second, ADDRESSES[0], 61).mailResendAt).toEqual({ [ADDRESSES[0]]: 121, [ADDRESSES[1]]: 120 });
    const later = mail({ ...verified(700), mailResendAt: second.mailResendAt }, ADDRESSES[0], 720);
    expect(later.mailResendAt).toEqual({ [ADDRESSES[0]]: 780 });
  });
});

describe('every change', () => {
  test('counts the version up by one, and forgets neither the intervals nor the guesses', () => {
    const open = verified(0);
    const check = requireVerified(open, SESSIONS[0], 1);
    const mailed = mail(open, ADDRESSES[0], 1);
    const mailedCheck = requireVerified(mailed, SESSIONS[0], 2);
    const wrong = judgeMailCode(mailed, mailedCheck, { ...guess(WRONG, 2), address: ADDRESSES[0] }).next;
    expect([open, mailed, wrong].map(({ version }) => version)).toEqual([2, 3, 4]);
    for (const next of [consumeCheck(wrong), consumeMailCode(wrong, requireVerified(wrong, SESSIONS[0], 3))])
      expect(next).toMatchObject({
        version: 5,
        failures: [2],
        resendAt: { sms: 60 },
        mailResendAt: { [ADDRESSES[0]]: 61 },
      });
    expect(consumeCheck(wrong)).not.toHaveProperty('check');
    expect(consumeMailCode(wrong, check).check).not.toHaveProperty('mail');
  });
});

/** One thing that may be asked of a challenge, at some time after the one before. */
const step = fc.record({
  what: fc.constantFrom('start', 'wrong', 'right', 'mail', 'mail wrong', 'mail right', 'use'),
  session: fc.constantFrom(...SESSIONS),
  address: fc.constantFrom(...ADDRESSES),
  pause: fc.constantFrom(0, 1, 30, 60, 61, 300, 600, 3600, 40_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(challenge: Challenge, { what, session, address }: Step, now: number): Challenge {
  switch (what) {
    case 'start':
      return start(challenge, now, session);
    case 'wrong':
    case 'right':
      return judgeCheckCode(challenge, session, guess(what === 'right' ? RIGHT : WRONG, now)).next;
    case 'mail':
      return mail(challenge, address, now, session);
    case 'mail wrong':
    case 'mail right': {
      const check = requireVerified(challenge, session, now);
      const code = what === 'mail right' ? RIGHT : WRONG;
      return judgeMailCode(challenge, check, { ...guess(code, now), address }).next;
    }
    default:
      requireVerified(challenge, session, now);
      return consumeCheck(challenge);
  }
}

test('whatever is done in whatever order, no budget is overdrawn and no proof opens more than one action', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [challenge, now] = [NO_CHALLENGE, 0];
      const wrong: number[] = [];
      const started: number[] = [];
      let proofs = 0;
      let actions = 0;
      for (const one of steps) {
        now += one.pause;
        let next: Challenge;
        try {
          next = take(challenge, one, now);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const { retryAfter } = error.extensions;
          if (retryAfter !== undefined) expect(retryAfter).toBeGreaterThanOrEqual(1);
          continue;
        }
        expect(next.version).toBe(challenge.version + 1);
        if (one.what === 'wrong' || one.what === 'mail wrong') wrong.push(now);
        if (one.what === 'start') started.push(now);
        if (one.what === 'right') proofs += 1;
        if (one.what === 'use' || one.what === 'mail right') actions += 1;
        challenge = next;

        expect(wrong.filter((at) => at > now - 86_400).length).toBeLessThanOrEqual(10);
        expect(started.filter((at) => at > now - 60).length).toBeLessThanOrEqual(1);
        expect(actions).toBeLessThanOrEqual(proofs);
        const { code, mail } = challenge.check ?? {};
        for (const sent of [code, mail?.code]) expect(sent?.attempts ?? 0).toBeLessThanOrEqual(5);
      }
    }),
    { numRuns: 300 },
  );
});

describe('what opens nothing', () => {
  test('a proof of another session, an unverified one, an expired one, none', () => {
    const open = verified(0);
    expect(codeOf(() => requireVerified(open, SESSIONS[0], 599))).toBeUndefined();
    expect(codeOf(() => requireVerified(open, SESSIONS[0], 600))).toBe('identity_check_required');
    expect(codeOf(() => requireVerified(open, SESSIONS[1], 1))).toBe('identity_check_required');
    expect(codeOf(() => requireVerified(start(NO_CHALLENGE, 0), SESSIONS[0], 1))).toBe(
      'identity_check_required',
    );
    expect(codeOf(() => requireVerified(consumeCheck(open), SESSIONS[0], 1))).toBe('identity_check_required');
    expect(codeOf(() => requireVerified(NO_CHALLENGE, SESSIONS[0], 1))).toBe('identity_check_required');
  });
});
