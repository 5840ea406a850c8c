import type { AccountView, LastFlow, Method } from '../linking/account.ts';
import { NO_CHALLENGE } from '../linking/challenge.ts';
import { PROVIDERS, type Provider, type Purpose } from '../linking/identity.ts';
import type { EpochSeconds, Rules } from '../linking/rules.ts';
import { accountOpen, methodKept, parseAccount, parseMethod } from './accounts.ts';
import { parseChallenge } from './challenges.ts';
import { type Fragment, readItems, type Table } from './client.ts';
import { keys } from './keys.ts';
import { parseSession, type SessionRef, sessionUsed } from './sessions.ts';

/**
 * What a request of a signed-in user is judged by, in one round trip: session, account, methods, and the challenges asked for.
 *
 * @returns undefined where the session has ended: by time, by signing out, or with the method or account it was opened by
 */
export async function readAccountView(
  table: Table,
  ref: SessionRef,
  purposes: readonly Purpose[],
  now: EpochSeconds,
): Promise<AccountView | undefined> {
  const id = ref.accountId;
  const items = await readItems(table, [
    keys.account(id),
    keys.session(id, ref.hash),
    ...PROVIDERS.map((provider) => keys.method(id, provider)),
    ...purposes.map((purpose) => keys.challenge(id, purpose)),
  ]);
  const [accountItem, sessionItem] = [items.get(keys.account(id)), items.get(keys.session(id, ref.hash))];
  if (accountItem === undefined || sessionItem === undefined) return undefined;

  const methods = new Map<Provider, Method>();
  for (const provider of PROVIDERS) {
    const item = items.get(keys.method(id, provider));
    if (item !== undefined) methods.set(provider, parseMethod(item));
  }
  const session = parseSession(sessionItem, ref);
  const isOpen = Math.min(session.expiresAt, session.endsAt) > now;
  if (!isOpen || methods.get(session.openedBy)?.methodId !== session.methodId) return undefined;

  const challenges = purposes.map((purpose) => {
    const item = items.get(keys.challenge(id, purpose));
    return [purpose, item === undefined ? NO_CHALLENGE : parseChallenge(item)] as const;
  });
  return { account: parseAccount(accountItem), session, methods, challenges: new Map(challenges) };
}

/**
 * What every change of a signed-in user checks in its own transaction: session, account, and the method that opened the session
 * are still there. The session is renewed by it.
 *
 * @param removing the method that the same transaction removes, and so checks by itself
 */
export function stillSignedIn(
  table: Table,
  { session }: Pick<AccountView, 'session'>,
  { removing, ...use }: { now: EpochSeconds; rules: Rules; lastFlow?: LastFlow; removing?: Provider },
): Fragment[] {
  const { accountId, openedBy, methodId } = session;
  const fragments = [sessionUsed(table, session, use), accountOpen(table, accountId)];
  if (removing !== openedBy) fragments.push(methodKept(table, accountId, openedBy, methodId));
  return fragments;
}
