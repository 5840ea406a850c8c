import { createPrivateKey, type KeyObject } from 'node:crypto';

/**
 * The private key that assertions are signed with.
 *
 * @param pem PKCS#8 (RFC 5958)
 * @returns undefined if it is none of P-256, which ES256 takes
 */
export function parseSigningKey(pem: string): KeyObject | undefined {
  if (!pem.includes('-----BEGIN PRIVATE KEY-----')) return undefined;
  try {
    const key = createPrivateKey(pem);
    const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isP256 ? key : undefined;
  } catch {
    // What it says of a key that can't be read is nothing to log.
    return undefined;
  }
}
