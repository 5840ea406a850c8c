import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** Six digits, as text. Never stored, never logged. */
export type Code = string & { readonly __code: unique symbol };
/** HMAC-SHA-256 of a code, base64url. */
export type CodeHmac = string & { readonly __codeHmac: unique symbol };
/** 256 random bits, base64url. Never stored, never logged. */
export type Token = string & { readonly __token: unique symbol };
/** SHA-256 of a token, base64url: with 256 bits of entropy no salt or stretching is needed. */
export type TokenHash = string & { readonly __tokenHash: unique symbol };
/** HMAC-SHA-256 over what is given away to be shown again, base64url (43 characters). */
export type Seal = string & { readonly __seal: unique symbol };
/** The key that codes are HMACed with, and addresses and phones that become keys, and what is given away to be shown again. */
export type HmacKey = string & { readonly __hmacKey: unique symbol };

/** A source of randomness; tests pass their own. */
export interface Randomness {
  /** A uniform integer from 0 to `below` - 1, from a CSPRNG. */
  readonly int: (below: number) => number;
  readonly bytes: (count: number) => Buffer;
}

export const systemRandomness: Randomness = { int: (below) => randomInt(below), bytes: randomBytes };

const CODE_DIGITS = 6;

export function newCode(random: Randomness): Code {
  return random
    .int(10 ** CODE_DIGITS)
    .toString()
    .padStart(CODE_DIGITS, '0') as Code;
}

/** A code to be sent, and what is stored in its place. */
export interface NewCode {
  readonly code: Code;
  readonly codeId: string;
  readonly hmac: CodeHmac;
}

/** @param codeId a new one, unless the code has its name already */
export function makeCode(random: Randomness, key: HmacKey, purpose: string, codeId = newId(random)): NewCode {
  const code = newCode(random);
  return { code, codeId, hmac: hmacCode(key, codeId, purpose, code) };
}

/**
 * A code as people type and paste it: white space anywhere and full-width digits are taken for what they mean.
 *
 * @returns undefined if it is not six digits
 */
export function parseCode(typed: string): Code | undefined {
  const digits = typed
    .replace(/\s/gu, '')
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  return /^[0-9]{6}$/.test(digits) ? (digits as Code) : undefined;
}

/** Over challenge, purpose and code, so that no HMAC is of use for another challenge or another purpose. */
export function hmacCode(key: HmacKey, challengeId: string, purpose: string, code: Code): CodeHmac {
  return createHmac('sha256', key)
    .update(JSON.stringify([challengeId, purpose, code]))
    .digest('base64url') as CodeHmac;
}

/** In constant time, so that the time an answer takes does not tell how much of a guess was right. */
export function isSameHmac<Hmac extends CodeHmac | Seal>(left: Hmac, right: Hmac): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Over what the text is as well as what it says, so that no seal is of use on anything else. */
export function computeSeal(key: HmacKey, kind: string, text: string): Seal {
  return createHmac('sha256', key)
    .update(JSON.stringify(['seal', kind, text]))
    .digest('base64url') as Seal;
}

/** A key for a phone or an address that does not show it: 128 bits of an HMAC, base64url (22 characters). */
export function pseudonym(key: HmacKey, scope: string, value: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([scope, value]))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

export function newToken(random: Randomness): Token {
  return random.bytes(32).toString('base64url') as Token;
}

export function parseToken(text: string | undefined): Token | undefined {
  return text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text) ? (text as Token) : undefined;
}

export function hashToken(token: Token): TokenHash {
  return createHash('sha256').update(token).digest('base64url') as TokenHash;
}

/** An id that can't be guessed: 128 random bits, base64url (22 characters). */
export function newId(random: Randomness): string {
  return random.bytes(16).toString('base64url');
}
