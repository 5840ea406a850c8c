import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { addressMarks, type Device, type DeviceId, newDevice, withSignIn } from '../../lib/linking/device.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import { Problem } from '../../lib/linking/problem.ts';
import {
  type Code,
  deriveKeys,
  hmacCode,
  newCode,
  newId,
  systemRandomness,
} from '../../lib/linking/secrets.ts';
import {
  type AddressFailures,
  judgeSignIn,
  NO_FAILURES,
  SIGN_IN,
  type SignInBudgets,
  type SignInChallenge,
  wasRequestedBy,
} from '../../lib/linking/sign-in.ts';
import { testSettings } from '../support/settings.ts';

const KEYS = deriveKeys('a-key-of-the-tests-of-at-least-32-characters');
const NOW = 1_795_514_400;
const DAY = 86_400;
const ADDRESS = 'alice@example.com' as EmailAddress;
const DEVICE_ID = 'A'.repeat(22) as DeviceId;
const { rules } = testSettings();

const [right, wrong] = ['123456' as Code, '654321' as Code];

function challengeOf(changes: Partial<SignInChallenge> = {}): SignInChallenge {
  const id = newId(systemRandomness);
  const hmac = hmacCode(KEYS.current.codes, id, SIGN_IN, right);
  const code = { hmac, accountId: '1' as AccountId, methodId: 'm' };
  return { id, address: ADDRESS, attempts: 0, expiresAt: NOW + 600, resendAt: NOW + 60, code, ...changes };
}

const failed = (count: number, at = NOW - 100, more: Partial<AddressFailures> = {}): AddressFailures => ({
  version: count,
  failures: Array.from({ length: count }, () => at),
  ...more,
});
const own = (count: number, at?: number) => ({ ...failed(count, at), deviceId: DEVICE_ID });

const judge = (budgets: SignInBudgets, code = wrong, challenge = challengeOf()) =>
  judgeSignIn(challenge, budgets, { code, now: NOW, rules, keys: KEYS });

/** What a guess comes to: its verdict, or why it is not judged. */
function outcome(budgets: SignInBudgets, code = wrong) {
  try {
    const judgement = judge(budgets, code);
    return judgement.verdict === 'wrong' ? judgement.attemptsLeft : judgement.verdict;
  } catch (problem) {
    if (problem instanceof Problem) return problem.code;
    throw problem;
  }
}

describe('a guess of a stranger', () => {
  test('is judged by the budget of everybody', () => {
    expect(outcome({ everybody: failed(9) })).toBe(0);
    expect(outcome({ everybody: failed(9) }, right)).toBe('right');
    for (const code of [right, wrong])
      expect(outcome({ everybody: failed(10) }, code)).toBe('too_many_attempts');
  });

  test('counts in that one alone', () => {
    const judgement = judge({ everybody: failed(3) });
    expect(judgement).toMatchObject({
      budgets: { everybody: { version: 4, failures: [NOW, NOW - 100, NOW - 100, NOW - 100] } },
    });
    expect(judgement).not.toHaveProperty('budgets.own');
  });
});

describe('a guess of a known device', () => {
  test('is judged by its own budget, whatever strangers have spent', () => {
    expect(outcome({ everybody: failed(10), own: own(0) })).toBe(4);
    expect(outcome({ everybody: failed(10), own: own(8) })).toBe(1);
    expect(outcome({ everybody: failed(10), own: own(9) }, right)).toBe('right');
    for (const code of [right, wrong])
      expect(outcome({ everybody: NO_FAILURES, own: own(10) }, code)).toBe('too_many_attempts');
  });

  test('counts in both', () => {
    expect(judge({ everybody: failed(10), own: own(1) })).toMatchObject({
      budgets: {
        everybody: { version: 11, failures: [NOW, ...failed(10).failures] },
        own: { version: 2, failures: [NOW, NOW - 100], deviceId: DEVICE_ID },
      },
    });
  });

  test('is judged until all devices together have made five budgets’ worth', () => {
    expect(outcome({ everybody: failed(48), own: own(0) })).toBe(1);
    expect(outcome({ everybody: failed(49), own: own(0) }, right)).toBe('right');
    for (const code of [right, wrong])
      expect(outcome({ everybody: failed(50), own: own(0) }, code)).toBe('too_many_attempts');
    expect(outcome({ everybody: failed(50, NOW - DAY), own: own(10, NOW - DAY) })).toBe(4);
  });
});

describe('a device guesses at its own', () => {
  const knownDevice = withSignIn(newDevice(systemRandomness), [addressMarks(KEYS, ADDRESS)], NOW);
  const own = challengeOf({ deviceId: knownDevice.id });

  test('where it asked for the code, and is known to the address', () => {
    expect(wasRequestedBy(own, knownDevice, KEYS)).toBe(true);
  });

  test.each<[string, SignInChallenge | undefined, Device | undefined]>([
    ['there is no challenge', undefined, knownDevice],
    ['there is no device', own, undefined],
    ['neither has an id', challengeOf(), undefined],
    ['a stranger asked', challengeOf(), knownDevice],
    ['another device asked', challengeOf({ deviceId: DEVICE_ID }), knownDevice],
    ['it is no longer known', own, { ...knownDevice, signIns: [] }],
    ['it is of another address', { ...own, address: 'bob@example.com' as EmailAddress }, knownDevice],
  ])('not where %s', (_name, challenge, device) => {
    expect(wasRequestedBy(challenge, device, KEYS)).toBe(false);
  });
});

describe('an address is locked', () => {
  const lockedBy = (budgets: SignInBudgets) => {
    const judgement = judge(budgets);
    return judgement.verdict === 'wrong' ? judgement.budgets.everybody.locked : undefined;
  };
  const now = { address: ADDRESS, at: NOW };

  test('by the guess that spends its budget, whoever makes it', () => {
    expect(lockedBy({ everybody: failed(8) })).toBeUndefined();
    expect(lockedBy({ everybody: failed(9) })).toEqual(now);
    expect(lockedBy({ everybody: failed(9), own: own(0) })).toEqual(now);
    expect(lockedBy({ everybody: failed(8), own: own(9) })).toBeUndefined();
  });

  test('where nobody has it, too', () => {
    const { code: _none, ...unknown } = challengeOf();
    expect(judge({ everybody: failed(9) }, newCode(systemRandomness), unknown)).toMatchObject({
      budgets: { everybody: { locked: now } },
    });
  });

  test('anew a day after it was told, to the second, and not before', () => {
    const before = { address: ADDRESS, at: NOW - DAY + 1 };
    const lapsed = { address: ADDRESS, at: NOW - DAY };
    expect(lockedBy({ everybody: failed(9, NOW - 1, { locked: before }) })).toEqual(before);
    expect(lockedBy({ everybody: failed(9, NOW - 1, { locked: lapsed }) })).toEqual(now);
    expect(lockedBy({ everybody: failed(8, NOW - 1, { locked: lapsed }) })).toEqual(lapsed);
  });
});
