import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Randomness, Token } from './secrets.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D, section 8.2. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Tells nothing of the token, and the hash that the token is stored as tells nothing of it. */
function deriveKey(token: Token): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'sealed', KEY_BYTES));
}

/** Text that only the holder of a token reads, once nobody else has the token any more. @returns base64url */
export function sealWith(token: Token, text: string, random: Randomness): string {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, deriveKey(token), iv);
  const sealed = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64url');
}

/** @throws Error if it was sealed with another token, or is not what was sealed */
export function openWith(token: Token, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const [iv, rest] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES)];
  const decipher = createDecipheriv(ALGORITHM, deriveKey(token), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(rest.subarray(0, TAG_BYTES));
  return decipher.update(rest.subarray(TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
