import { errors, jwtVerify } from 'jose';
import {
  ASSERTION_TOLERANCE_SECONDS,
  type AssertionFlaw,
  AssertionInvalid,
  judgeAssertion,
  type Vouched,
} from '../linking/assertion.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { createKeys, type KeysSettings, OwnLoginError } from './keys.ts';

/** The company's own login, which vouches for its users by signed assertions. */
export interface OwnLogin {
  readonly issuer: string;
  /**
   * Whom an assertion vouches for. Whether it was used before is for the table to say.
   *
   * @throws AssertionInvalid; OwnLoginError where the keys of the login can't be read
   */
  verify(assertion: string, now: EpochSeconds): Promise<Vouched>;
}

export interface OwnLoginSettings extends Omit<KeysSettings, 'url'> {
  readonly issuer: string;
  /** Where the company publishes its public keys, as a JWK Set. */
  readonly keysUrl: string;
  readonly audience: string;
}

/** Whatever else a key could be used with: no secret is shared, and what is signed by none is worth nothing. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

const FLAWS_OF_CLAIMS: Readonly<Record<string, AssertionFlaw>> = {
  iss: 'issuer',
  aud: 'audience',
  nbf: 'not_yet_valid',
};

/** What jose found wrong. What it did not foresee is thrown by the key: one that is too short, or no point of its curve. */
function flawOf(error: unknown): AssertionFlaw {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return FLAWS_OF_CLAIMS[error.claim] ?? 'times';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'several_keys';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  return error instanceof errors.JOSENotSupported ? 'malformed' : 'unusable_key';
}

/** @param clock milliseconds since 1970 */
export function createOwnLogin(
  { issuer, audience, keysUrl: url, timeoutMilliseconds }: OwnLoginSettings,
  fetch: typeof globalThis.fetch,
  clock: () => number,
): OwnLogin {
  const findKey = createKeys({ url, timeoutMilliseconds }, fetch, clock);
  return {
    issuer,
    async verify(assertion, now) {
      try {
        const { payload } = await jwtVerify(assertion, findKey, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          // Of `exp` nothing is tolerated: `judgeAssertion` is stricter about it.
          clockTolerance: ASSERTION_TOLERANCE_SECONDS,
          currentDate: new Date(now * 1000),
        });
        return judgeAssertion(payload, now);
      } catch (error) {
        if (error instanceof OwnLoginError || error instanceof AssertionInvalid) throw error;
        throw new AssertionInvalid(flawOf(error));
      }
    },
  };
}
