import type { AccountId } from './account.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds } from './rules.ts';
import { ACCOUNT_ID } from './session.ts';

/** From `iat` to `exp` at most: an assertion is made for one sign-in, and sent at once. */
export const ASSERTION_MAX_SECONDS = 300;
/** How far ahead the clock of the company's backend may be. */
export const ASSERTION_TOLERANCE_SECONDS = 60;
/** How long a `jti` is remembered: longer than anything it stands in is good, by any clock. */
export const JTI_KEPT_SECONDS = DAY_SECONDS;
const JTI_MAX = 256;

/** What is wrong with an assertion, for the log alone. */
export type AssertionFlaw =
  | 'malformed'
  | 'algorithm'
  | 'unknown_key'
  | 'several_keys'
  | 'unusable_key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'times'
  | 'not_yet_valid'
  | 'expired'
  | 'too_long'
  | 'subject'
  | 'jti'
  | 'used';

/** Whoever sends an assertion that is wrong in any way learns that, and no more. The operator finds the flaw in the log. */
export class AssertionInvalid extends Problem {
  readonly flaw: AssertionFlaw;

  constructor(flaw: AssertionFlaw) {
    super('assertion_invalid');
    this.flaw = flaw;
  }
}

/** What the company's login vouches for: whose account it is, in an assertion that is good once. */
export interface Vouched {
  readonly accountId: AccountId;
  readonly jti: string;
}

/** The claims that are judged here (RFC 7519, section 4.1), in whatever form they came. Issuer and audience are judged with the signature. */
export interface AssertionClaims {
  readonly sub?: unknown;
  readonly jti?: unknown;
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
}

/** A JSON number that is a time: NumericDate, which may have a fraction. */
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** `exp` is not tolerated: who makes an assertion decides how long it is good. */
function judgeTimes({ iat, nbf, exp }: AssertionClaims, now: EpochSeconds): AssertionFlaw | undefined {
  const latest = now + ASSERTION_TOLERANCE_SECONDS;
  if (!isTime(iat) || !isTime(exp) || (nbf !== undefined && !isTime(nbf)) || exp <= iat) return 'times';
  if (exp - iat > ASSERTION_MAX_SECONDS) return 'too_long';
  if (iat > latest || (nbf ?? iat) > latest) return 'not_yet_valid';
  return exp <= now ? 'expired' : undefined;
}

/**
 * Judges the claims of an assertion whose signature, issuer and audience are right.
 *
 * @throws AssertionInvalid
 */
export function judgeAssertion(claims: AssertionClaims, now: EpochSeconds): Vouched {
  const flaw = judgeTimes(claims, now);
  if (flaw) throw new AssertionInvalid(flaw);
  const { sub, jti } = claims;
  if (typeof sub !== 'string' || !ACCOUNT_ID.test(sub)) throw new AssertionInvalid('subject');
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAX) throw new AssertionInvalid('jti');
  return { accountId: sub as AccountId, jti };
}
