import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';

/** Says for users of this console who they are. */
export interface Assertions {
  /** The public key, for `TRUSTED_JWKS_URL`. */
  readonly keys: JSONWebKeySet;
  /** A new one for each sign-in: it is good once, and for a minute. */
  make(accountId: string): Promise<string>;
}

/**
 * @param issuer what `TRUSTED_ISSUER` is
 * @param audience what `TRUSTED_AUDIENCE` is, or the API's origin
 */
export async function createAssertions(issuer: string, audience: string): Promise<Assertions> {
  // A deployment keeps its private key in a vault, and takes a new `kid` with each new key.
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const kid = randomUUID();
  return {
    keys: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] },
    make: (accountId) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('60s')
        .sign(privateKey),
  };
}
