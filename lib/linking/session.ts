import { createHash } from 'node:crypto';
import type { AccountId } from './account.ts';
import { isWayIn, type WayIn } from './identity.ts';
import { hashToken, parseToken, type Token, type TokenHash } from './secrets.ts';

/**
 * What a session cookie says: which account it claims to be of, what it claims to have been opened by, and the hash its session is
 * stored under. With it all that a request is judged by is found by key, in one round trip.
 */
export interface SessionRef {
  readonly accountId: AccountId;
  readonly openedBy: WayIn;
  readonly hash: TokenHash;
}

/** An opaque token: account, way in, and 256 random bits, between full stops. Account ids hold none. */
export function sessionToken({ accountId, openedBy }: Omit<SessionRef, 'hash'>, token: Token): string {
  return `${accountId}.${openedBy}.${token}`;
}

/** @returns undefined if it can't be a session's token */
export function parseSessionToken(cookie: string | undefined): SessionRef | undefined {
  const [accountId, openedBy, secret, ...more] = cookie?.split('.') ?? [];
  const token = parseToken(secret);
  if (accountId === undefined || !ACCOUNT_ID.test(accountId) || !isWayIn(openedBy)) return undefined;
  if (token === undefined || more.length > 0) return undefined;
  return { accountId: accountId as AccountId, openedBy, hash: hashToken(token) };
}

/** Ids of accounts: what is safe in a key and in a session's token. */
export const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * What a session is called outside: stable, and of no use for anything but naming it. Of 132 bits, so that it says nothing of the hash
 * that the session is stored under.
 */
export function sessionId({ hash }: Pick<SessionRef, 'hash'>): string {
  return createHash('sha256').update(`session.${hash}`).digest('base64url').slice(0, 22);
}
