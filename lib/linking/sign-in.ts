import type { AccountId } from './account.ts';
import { addressMark, type Device, type DeviceId, isKnownTo } from './device.ts';
import type { EmailAddress } from './email.ts';
import type { Provider } from './identity.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules, secondsUntil } from './rules.ts';
import { type Code, type CodeHmac, type HmacKey, hmacCode, isSameHmac } from './secrets.ts';
import { guessesLeftToday, type Moments, requireGuessesLeftToday, withFailure } from './windows.ts';

/** A provider that the deployment does without is as good as one that does not exist. @throws Problem `not_found` */
export function requireSignInProvider(provider: Provider, { signInProviders }: Rules): void {
  if (!signInProviders.includes(provider)) throw new Problem('not_found');
}

/**
 * A sign-in by email that was asked for. Whether the address is anyone's is not known to the request that stores it; the
 * function on the table's stream adds `code` where it is.
 */
export interface SignInChallenge {
  readonly id: string;
  readonly address: EmailAddress;
  readonly attempts: number;
  readonly expiresAt: EpochSeconds;
  readonly resendAt: EpochSeconds;
  /** The device that asked for it, where it was known to the address. */
  readonly deviceId?: DeviceId;
  readonly code?: {
    readonly hmac: CodeHmac;
    /** Whose address it was when the code was made. */
    readonly accountId: AccountId;
    readonly methodId: string;
  };
}

/** Wrong guesses of a day at one address, known or not, whichever challenge they were made at. */
export interface SignInFailures {
  readonly version: number;
  readonly failures: Moments;
}

/** Those of everybody. */
export interface AddressFailures extends SignInFailures {
  /** When the address was last locked by them, told at most once a day: all that its owner is told by. */
  readonly locked?: { readonly address: EmailAddress; readonly at: EpochSeconds };
}

export const NO_FAILURES: SignInFailures = { version: 0, failures: [] };

/**
 * What a guess is judged by. A stranger's, by the budget all strangers share. A known device's, by one of its own that no stranger
 * can spend; it counts for strangers as well, so that they never get more than the one budget between them.
 */
export interface SignInBudgets {
  readonly everybody: AddressFailures;
  readonly own?: SignInFailures & { readonly deviceId: DeviceId };
}

/** Devices that are known to an address have budgets of their own, but not without end: this many days' worth for all together. */
const BUDGETS_TOGETHER = 5;

export function rulesOfAllDevices(rules: Rules): Rules {
  return { ...rules, codeFailuresPerDay: BUDGETS_TOGETHER * rules.codeFailuresPerDay };
}

/** Whether a device guesses at what it asked for itself, at an address that it was signed in to before. */
export function wasRequestedBy(
  challenge: SignInChallenge | undefined,
  device: Device | undefined,
  key: HmacKey,
): device is Device {
  return (
    challenge?.deviceId !== undefined &&
    challenge.deviceId === device?.id &&
    isKnownTo(addressMark(key, challenge.address), device)
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
  readonly key: HmacKey;
}

/** The windows that a guess is judged by: of each, the failures and how many are allowed. */
function windowsOf({ everybody, own }: SignInBudgets, rules: Rules) {
  if (own === undefined) return [{ failures: everybody.failures, rules }];
  return [
    { failures: own.failures, rules },
    { failures: everybody.failures, rules: rulesOfAllDevices(rules) },
  ];
}

function oneMore<Failures extends SignInFailures>(failures: Failures, now: EpochSeconds): Failures {
  return { ...failures, version: failures.version + 1, failures: withFailure(failures.failures, now) };
}

/** Where this spends the guesses of an address, its owner is told; again at the earliest a day after the last time. */
function withLock(failures: AddressFailures, address: EmailAddress, { now, rules }: Guess): AddressFailures {
  const isSpent = guessesLeftToday(failures.failures, rules, now) === 0;
  const isTold = failures.locked !== undefined && failures.locked.at + DAY_SECONDS > now;
  return isSpent && !isTold ? { ...failures, locked: { address, at: now } } : failures;
}

/**
 * Judges a guess. An address nobody has is judged by the same steps: its challenge has no code, so every guess is wrong.
 *
 * @throws Problem `code_expired`, `too_many_attempts`
 */
export function judgeSignIn(
  challenge: SignInChallenge | undefined,
  budgets: SignInBudgets,
  guess: Guess,
): SignInJudgement {
  const { now, rules, key } = guess;
  if (challenge === undefined || challenge.expiresAt <= now) throw new Problem('code_expired');
  for (const window of windowsOf(budgets, rules)) requireGuessesLeftToday(window.failures, window.rules, now);
  if (challenge.attempts >= rules.codeAttempts)
    throw new Problem('too_many_attempts', { retryAfter: secondsUntil(challenge.resendAt, now) });

  const guessed = hmacCode(key, challenge.id, SIGN_IN, guess.code);
  const { address, code } = challenge;
  if (code !== undefined && isSameHmac(code.hmac, guessed)) {
    const { accountId, methodId } = code;
    return { verdict: 'right', accountId, methodId, address, used: challenge };
  }

  const attempts = challenge.attempts + 1;
  const { everybody, own } = budgets;
  const counted = {
    everybody: withLock(oneMore(everybody, now), address, guess),
    ...(own && { own: oneMore(own, now) }),
  };
  const left = windowsOf(counted, rules).map((window) =>
    guessesLeftToday(window.failures, window.rules, now),
  );
  return {
    verdict: 'wrong',
    challenge: { ...challenge, attempts },
    budgets: counted,
    attemptsLeft: Math.min(rules.codeAttempts - attempts, ...left),
  };
}
