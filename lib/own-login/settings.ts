import * as z from 'zod/mini';
import type { Environment } from '../setting-types.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whoever answers there decides who is signed in: so by https, but for a stand-in on the same machine. */
function isKeysUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

/** The settings of the company's own login, and what each must be whatever the others are. */
export const ownLoginSettings = {
  TRUSTED_ISSUER: z.string(),
  TRUSTED_JWKS_URL: z
    .string()
    .check(
      z.refine(
        (value) => value === '' || isKeysUrl(value),
        'must be an https URL such as https://login.example.com/jwks.json, or empty',
      ),
    ),
  TRUSTED_AUDIENCE: z.string(),
};

/** What is wrong with the settings that an own login needs, and a deployment without one does not. */
export function ownLoginProblems({
  TRUSTED_ISSUER: issuer,
  TRUSTED_JWKS_URL: keysUrl,
}: Environment): string[] {
  return issuer && !keysUrl ? ['TRUSTED_JWKS_URL: must be there where TRUSTED_ISSUER is'] : [];
}
