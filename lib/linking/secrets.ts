import {
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from 'node:crypto';

import type { PhoneNumber } from './phone.ts';
import { readCode } from './typed.ts';

/** Six digits, as text. Never stored, never logged. */
export type Code = string & { readonly __code: unique symbol };
/** Of a code: the id of the key, and HMAC-SHA-256 by it, base64url (47 characters). */
export type CodeHmac = string & { readonly __codeHmac: unique symbol };
/** 256 random bits, base64url. Never stored, never logged. */
export type Token = string & { readonly __token: unique symbol };
/** SHA-256 of a token, base64url: with 256 bits of entropy no salt or stretching is needed. */
export type TokenHash = string & { readonly __tokenHash: unique symbol };
/** Over what is given away to be shown again: the id of the key, and 128 bits of HMAC-SHA-256 by it, base64url (26 characters). */
export type Seal = string & { readonly __seal: unique symbol };

/** Names the secret that keys come from, and tells nothing of it: 4 base64url characters. */
export type KeyId = string & { readonly __keyId: unique symbol };

const KEY_ID_LENGTH = 4;

/** A key for one use: it does not fit where one for another use is asked for. */
export interface SubKey<Use extends KeyUse | 'phones'> {
  readonly use: Use;
  readonly id: KeyId;
  readonly secret: KeyObject;
}

const KEY_USES = ['codes', 'pseudonyms', 'devices', 'links', 'challengeIds'] as const;
export type KeyUse = (typeof KEY_USES)[number];

type SubKeys = { readonly [Use in KeyUse]: SubKey<Use> };

/** All keys that come from one secret. */
export interface KeySet extends SubKeys {
  readonly id: KeyId;
}

/** What is made, is made with the current keys; what the previous ones have made is still known. */
export interface Keys {
  readonly current: KeySet;
  readonly previous?: KeySet;
}

/** By HKDF-SHA-256 (RFC 5869), so that no key tells anything of another one, or of the secret. */
function deriveBytes(secret: string, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', info, bytes));
}

/** Names a secret without telling anything of it. */
export function deriveKeyId(secret: string): KeyId {
  return deriveBytes(secret, 'id', 3).toString('base64url') as KeyId;
}

function deriveSubKey<Use extends KeyUse | 'phones'>(secret: string, use: Use): SubKey<Use> {
  return { use, id: deriveKeyId(secret), secret: createSecretKey(deriveBytes(secret, use, 32)) };
}

export function deriveKeySet(secret: string): KeySet {
  const subKeys = KEY_USES.map((use) => [use, deriveSubKey(secret, use)]);
  return { id: deriveKeyId(secret), ...Object.fromEntries(subKeys) };
}

/** @param previous empty if there is none */
export function deriveKeys(current: string, previous = ''): Keys {
  return { current: deriveKeySet(current), ...(previous && { previous: deriveKeySet(previous) }) };
}

/**
 * The keys of the ledger of phones. They come from a secret of their own: the ledger lasts as long as the accounts do, and would be lost with
 * each rotation of a secret that is rotated often.
 */
export interface PhoneKeys {
  readonly current: SubKey<'phones'>;
  readonly previous?: SubKey<'phones'>;
}

/** @param previous empty if there is none */
export function derivePhoneKeys(current: string, previous = ''): PhoneKeys {
  return {
    current: deriveSubKey(current, 'phones'),
    ...(previous && { previous: deriveSubKey(previous, 'phones') }),
  };
}

/** Every key for a use, the current one first. */
export function listKeys<Use extends KeyUse>(
  { current, previous }: Keys,
  use: Use,
): [SubKey<Use>, ...SubKey<Use>[]] {
  const pick = (keys: SubKeys) => keys[use];
  return [pick(current), ...(previous ? [pick(previous)] : [])];
}

/** All keys, set by set, the current ones first. */
export const listKeySets = ({ current, previous }: Keys): [KeySet, ...KeySet[]] => [
  current,
  ...(previous ? [previous] : []),
];

/** @returns undefined if it is none of these keys, or none any more, that made this */
function findKey<Use extends KeyUse>(keys: Keys, use: Use, made: string): SubKey<Use> | undefined {
  return listKeys(keys, use).find(({ id }) => id === made.slice(0, KEY_ID_LENGTH));
}

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

/**
 * The same code for the same parts, as hard to guess as a random one for whoever lacks the key: of 64 bits of an HMAC, so that no code is
 * likelier than another by more than one in 10^13. For what is sent again as it was, though only an HMAC of it is stored.
 */
export function deriveCode(key: SubKey<'links'>, ...parts: readonly string[]): Code {
  const number = hmac(key, ['code', ...parts]).readBigUInt64BE() % 10n ** BigInt(CODE_DIGITS);
  return number.toString().padStart(CODE_DIGITS, '0') as Code;
}

/** A code to be sent, and what is stored in its place. */
export interface NewCode {
  readonly code: Code;
  readonly codeId: string;
  readonly hmac: CodeHmac;
}

/** @param codeId a new one, unless the code has its name already */
export function makeCode(
  random: Randomness,
  key: SubKey<'codes'>,
  purpose: string,
  codeId = newId(random),
): NewCode {
  const code = newCode(random);
  return { code, codeId, hmac: hmacCode(key, codeId, purpose, code) };
}

/** A code as people type and paste it; see `readCode`. @returns undefined if it is not six digits */
export function parseCode(typed: string): Code | undefined {
  const digits = readCode(typed);
  return /^[0-9]{6}$/.test(digits) ? (digits as Code) : undefined;
}

/** Over challenge, purpose and code, so that no HMAC is of use for another challenge or another purpose. */
export function hmacCode(key: SubKey<'codes'>, challengeId: string, purpose: string, code: Code): CodeHmac {
  return (key.id + hmac(key, [challengeId, purpose, code]).toString('base64url')) as CodeHmac;
}

/** The key that the HMAC of a code was made with; undefined if it is not, or no longer, among these. */
export const findCodeKey = (keys: Keys, made: CodeHmac): SubKey<'codes'> | undefined =>
  findKey(keys, 'codes', made);

/** In constant time, so that the time an answer takes does not tell how much of a guess was right. */
export function isSameHmac<Hmac extends CodeHmac | Seal>(left: Hmac, right: Hmac): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac({ secret }: SubKey<KeyUse | 'phones'>, parts: readonly string[]): Buffer {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
}

/** 128 bits of an HMAC, base64url (22 characters). */
export function shortHmac(key: SubKey<KeyUse | 'phones'>, ...parts: readonly string[]): string {
  return hmac(key, parts).subarray(0, 16).toString('base64url');
}

export function computeSeal(key: SubKey<KeyUse>, text: string): Seal {
  return (key.id + shortHmac(key, 'seal', text)) as Seal;
}

/** Whether the text was sealed by one of these keys, for this use. */
export function isSealed(keys: Keys, use: KeyUse, text: string, seal: string): boolean {
  const key = findKey(keys, use, seal);
  return key !== undefined && isSameHmac(seal as Seal, computeSeal(key, text));
}

/** A key of the table for a phone or an address that does not show it. */
export function pseudonym(key: SubKey<'pseudonyms'>, scope: string, value: string): string {
  return shortHmac(key, scope, value);
}

/** What stands for a phone in the key of a table; without the key nobody learns the phone from it, however few phones there are. */
export type PhoneHash = string & { readonly __phoneHash: unique symbol };

export function hashPhone(key: SubKey<'phones'>, phone: PhoneNumber): PhoneHash {
  return shortHmac(key, 'phone', phone) as PhoneHash;
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
