import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK, SignJWT } from 'jose';
import type { AccountId } from '../linking/account.ts';
import type { WayIn } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { parseSigningKey } from './signing-key.ts';

const ALGORITHM = 'ES256';
/** It is made to be shown at once: to a session service, or a gateway. */
export const SIGNED_SECONDS = 60;

/** What is said of a session. */
export interface SessionClaims {
  readonly audience: string;
  readonly accountId: AccountId;
  /** What the session is called outside. */
  readonly sessionId: string;
  readonly openedBy: WayIn;
  readonly openedAt: EpochSeconds;
  /** Another one each time. */
  readonly assertionId: string;
}

/** Signs what this service knows of a session, for others to trust. */
export interface AssertionSigner {
  /** @returns a JWT, good from `now` for `SIGNED_SECONDS` */
  readonly sign: (claims: SessionClaims, now: EpochSeconds) => Promise<string>;
  /** The public keys that what was signed is verified with, the current one first. */
  readonly publicKeys: () => Promise<readonly JWK[]>;
}

/** The key as it is published. Its id is its thumbprint (RFC 7638): the same for every process that has the key. */
async function publish(key: KeyObject): Promise<JWK> {
  const { kty, crv, x, y } = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint({ kty, crv, x, y } as JWK);
  return { kty, crv, x, y, kid, alg: ALGORITHM, use: 'sig' } as JWK;
}

/**
 * @param pems the key that signs, and those that signed before it, as `secret-store.ts` has checked them
 * @param issuer `iss`, no slash at the end
 */
export function createSigner(pems: readonly string[], issuer: string): AssertionSigner {
  const privateKeys = pems.flatMap((pem) => parseSigningKey(pem) ?? []);
  const [current] = privateKeys;
  if (current === undefined) throw new TypeError('no key to sign assertions with');
  const published = Promise.all(privateKeys.map(publish));
  return {
    publicKeys: () => published,
    async sign({ audience, accountId, sessionId, openedBy, openedAt, assertionId }, now) {
      const [{ kid = '' } = {}] = await published;
      return new SignJWT({ sid: sessionId, amr: [openedBy], auth_time: openedAt })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuer(issuer)
        .setSubject(accountId)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + SIGNED_SECONDS)
        .setJti(assertionId)
        .sign(current);
    },
  };
}
