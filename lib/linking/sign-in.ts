import type { AccountId } from './account.ts';
import { addressMarks, type Device, type DeviceId, isKnownTo } from './device.ts';
import type { EmailAddress } from './email.ts';
import type { Provider } from './identity.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules, secondsUntil } from './rules.ts';
import {
  type Code,
  type CodeHmac,
  computeSeal,
  findCodeKey,
  hmacCode,
  isSameHmac,
  isSealed,
  type Keys,
} from './secrets.ts';
import { failureWindow, type Moments, requireGuessesLeft, roomLeft, withMoment } from './windows.ts';

/** A provider that the deployment does without is as good as one that does not exist. @throws Problem `not_found` */
export function requireSignInProvider(provider: Provider, { signInProviders }: Rules): void {
  if (!signInProviders.includes(provider)) throw new Problem('not_found');
}

/**
 * A sign-in by email that was requested. The request that stores it does not learn whether the address is owned; the function on the
 * table's stream does, and adds `code` if it is.
 */
export interface SignInChallenge {
  readonly id: string;
  readonly address: EmailAddress;
  readonly attempts: number;
  readonly expiresAt: EpochSeconds;
  readonly resendAt: EpochSeconds;
  /** The device that asked for it, if that was known to the address. */
  readonly deviceId?: DeviceId;
  /** Somebody signed in with it. */
  readonly isUsed?: true;
  readonly code?: {
    readonly hmac: CodeHmac;
    /** Whose address it was when the code was made. */
    readonly accountId: AccountId;
    readonly methodId: string;
  };
}

/** Which challenge of which address: both are in the `challengeId` the browser holds, so that one read finds all. */
export interface SignInRef {
  /** Pseudonym of the address. */
  readonly addressKey: string;
  readonly id: string;
}

/** Sealed, so that one that was made up costs no read. */
export function formatChallengeId(keys: Keys, { addressKey, id }: SignInRef): string {
  const text = addressKey + id;
  return text + computeSeal(keys.current.challengeIds, text);
}

const CHALLENGE_ID = /^(([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{22}))([A-Za-z0-9_-]{26})$/;

/** @returns undefined if we never made it */
export function parseChallengeId(keys: Keys, challengeId: string): SignInRef | undefined {
  const [, text = '', addressKey = '', id = '', seal = ''] = CHALLENGE_ID.exec(challengeId) ?? [];
  return isSealed(keys, 'challengeIds', text, seal) ? { addressKey, id } : undefined;
}

/** Wrong guesses of a day at one address, owned or not, whichever challenge they were made at. */
export interface SignInFailures {
  readonly version: number;
  readonly failures: Moments;
}

/** Those of everybody. */
export interface AddressFailures extends SignInFailures {
  /** When they last locked the address, set at most once a day: what its owner is notified by. */
  readonly locked?: { readonly address: EmailAddress; readonly at: EpochSeconds };
}

export const NO_FAILURES: SignInFailures = { version: 0, failures: [] };

/**
 * What a guess is judged by: a stranger's by the budget that all strangers share, a known device's by one of its own, which no stranger
 * can spend. What a known device spends counts among strangers as well, so that they never get more than the one budget between them.
 */
export interface SignInBudgets {
  readonly everybody: AddressFailures;
  readonly own?: SignInFailures & { readonly deviceId: DeviceId };
}

/** Devices known to an address have budgets of their own, but not without end: this many days' worth for all of them together. */
const BUDGETS_TOGETHER = 5;

export function widenForDevices(rules: Rules): Rules {
  return { ...rules, codeFailuresPerDay: BUDGETS_TOGETHER * rules.codeFailuresPerDay };
}

/** Whether a device guesses at what it asked for itself, at an address that it was signed in to before. */
export function wasRequestedBy(
  challenge: SignInChallenge | undefined,
  device: Device | undefined,
  keys: Keys,
): device is Device {
  return (
    challenge?.deviceId !== undefined &&
    challenge.deviceId === device?.id &&
    isKnownTo(addressMarks(keys, challenge.address), device)
  );
}

export type SignInJudgement =
  | {
      readonly verdict: 'right';
      readonly accountId: AccountId;
      readonly methodId: string;
      readonly address: EmailAddress;
      /** The challenge as it was judged, to be used up. */
      readonly used: SignInChallenge;
    }
  | {
      readonly verdict: 'wrong';
      readonly challenge: SignInChallenge;
      readonly budgets: SignInBudgets;
      readonly attemptsLeft: number;
    };

/** The purpose a sign-in code's HMAC is bound to. */
export const SIGN_IN = 'sign_in';

interface Guess {
  readonly code: Code;
  readonly now: EpochSeconds;
  readonly rules: Rules;
  readonly keys: Keys;
}

/** The windows that a guess is judged by: of each, the failures and how many are allowed. */
function listWindows({ everybody, own }: SignInBudgets, rules: Rules) {
  const window = failureWindow(rules);
  if (own === undefined) return [{ failures: everybody.failures, window }];
  return [
    { failures: own.failures, window },
    { failures: everybody.failures, window: failureWindow(widenForDevices(rules)) },
  ];
}

function oneMore<Failures extends SignInFailures>(failures: Failures, { now, rules }: Guess): Failures {
  const { version } = failures;
  return {
    ...failures,
    version: version + 1,
    failures: withMoment(failures.failures, failureWindow(rules), now),
  };
}

/** The address is locked by its last guess of the day, so that its owner is notified; at most once a day. */
function withLock(failures: AddressFailures, address: EmailAddress, { now, rules }: Guess): AddressFailures {
  const isSpent = roomLeft(failures.failures, failureWindow(rules), now) === 0;
  const isNotified = failures.locked !== undefined && failures.locked.at + DAY_SECONDS > now;
  return isSpent && !isNotified ? { ...failures, locked: { address, at: now } } : failures;
}

/**
 * Judges a guess. One at an unowned address is judged by the same steps: the challenge has no code, so every guess is wrong.
 *
 * @throws Problem `code_expired`, `too_many_attempts`
 */
export function judgeSignIn(
  challenge: SignInChallenge | undefined,
  budgets: SignInBudgets,
  guess: Guess,
): SignInJudgement {
  const { now, rules, keys } = guess;
  if (challenge === undefined || challenge.isUsed || challenge.expiresAt <= now)
    throw new Problem('code_expired');
  for (const { failures, window } of listWindows(budgets, rules)) requireGuessesLeft(failures, window, now);
  if (challenge.attempts >= rules.codeAttempts)
    throw new Problem('too_many_attempts', { retryAfter: secondsUntil(challenge.resendAt, now) });

  const { address, code } = challenge;
  // A code by a key that is gone is wrong, as every code is at an unowned address: another answer would tell the two apart.
  const key = (code && findCodeKey(keys, code.hmac)) ?? keys.current.codes;
  const guessed = hmacCode(key, challenge.id, SIGN_IN, guess.code);
  if (code !== undefined && isSameHmac(code.hmac, guessed)) {
    const { accountId, methodId } = code;
    return { verdict: 'right', accountId, methodId, address, used: challenge };
  }

  const attempts = challenge.attempts + 1;
  const { everybody, own } = budgets;
  const counted = {
    everybody: withLock(oneMore(everybody, guess), address, guess),
    ...(own && { own: oneMore(own, guess) }),
  };
  const left = listWindows(counted, rules).map(({ failures, window }) => roomLeft(failures, window, now));
  return {
    verdict: 'wrong',
    challenge: { ...challenge, attempts },
    budgets: counted,
    attemptsLeft: Math.min(rules.codeAttempts - attempts, ...left),
  };
}
