import type { AccountId } from './account.ts';
import type { EmailAddress } from './email.ts';
import { Problem } from './problem.ts';
import { type EpochSeconds, type Rules, secondsUntil } from './rules.ts';
import { type Code, type CodeHmac, type HmacKey, hmacCode, isSameHmac } from './secrets.ts';
import { guessesLeftToday, type Moments, requireGuessesLeftToday, withFailure } from './windows.ts';

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
  readonly code?: {
    readonly hmac: CodeHmac;
    /** Whose address it was when the code was made. */
    readonly accountId: AccountId;
    readonly methodId: string;
  };
}

/** The wrong guesses of a day at one address, known or not, whichever challenge they were made at. */
export interface SignInFailures {
  readonly version: number;
  readonly failures: Moments;
}

export const NO_FAILURES: SignInFailures = { version: 0, failures: [] };

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
      readonly failures: SignInFailures;
      readonly attemptsLeft: number;
    };

/** The purpose a sign-in code's HMAC is bound to. */
export const SIGN_IN = 'sign_in';

/**
 * Judges a guess. An address nobody has is judged by the same steps: its challenge has no code, so every guess is wrong.
 *
 * @throws Problem `code_expired`, `too_many_attempts`
 */
export function judgeSignIn(
  challenge: SignInChallenge | undefined,
  failures: SignInFailures,
  guess: { readonly code: Code; readonly now: EpochSeconds; readonly rules: Rules; readonly key: HmacKey },
): SignInJudgement {
  const { now, rules, key } = guess;
  if (challenge === undefined || challenge.expiresAt <= now) throw new Problem('code_expired');
  requireGuessesLeftToday(failures.failures, rules, now);
  if (challenge.attempts >= rules.codeAttempts)
    throw new Problem('too_many_attempts', { retryAfter: secondsUntil(challenge.resendAt, now) });

  const guessed = hmacCode(key, challenge.id, SIGN_IN, guess.code);
  const { code } = challenge;
  if (code !== undefined && isSameHmac(code.hmac, guessed)) {
    const { accountId, methodId } = code;
    return { verdict: 'right', accountId, methodId, address: challenge.address, used: challenge };
  }

  const attempts = challenge.attempts + 1;
  const counted = withFailure(failures.failures, now);
  return {
    verdict: 'wrong',
    challenge: { ...challenge, attempts },
    failures: { version: failures.version + 1, failures: counted },
    attemptsLeft: Math.min(rules.codeAttempts - attempts, guessesLeftToday(counted, rules, now)),
  };
}
