import type { AccountId } from './account.ts';
import { hashToken, parseToken, type Token, type TokenHash } from './secrets.ts';

/** What a session cookie says: which account it claims to be of, and the hash its session is stored under. */
export interface SessionRef {
  readonly accountId: AccountId;
  readonly hash: TokenHash;
}

/** An opaque token: the account, a full stop, 256 random bits. Account ids hold no full stop. */
export function sessionToken(accountId: AccountId, token: Token): string {
  return `${accountId}.${token}`;
}

/** @returns undefined if it can't be a session's token */
export function parseSessionToken(cookie: string | undefined): SessionRef | undefined {
  const [accountId, secret, ...more] = cookie?.split('.') ?? [];
  const token = parseToken(secret);
  if (accountId === undefined || !ACCOUNT_ID.test(accountId) || token === undefined || more.length > 0)
    return undefined;
  return { accountId: accountId as AccountId, hash: hashToken(token) };
}

/** Ids of accounts: what is safe in a key and in a session's token. */
export const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}$/;
