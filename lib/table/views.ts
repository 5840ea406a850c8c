import { setTimeout as wait } from 'node:timers/promises';
import { type AccountView, FROZEN_ACTIONS, isSessionOpen } from '../linking/account.ts';
import { checkedBy } from '../linking/challenge.ts';
import { type Purpose, parsePurpose, type WayIn } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { SessionRef } from '../linking/session.ts';
import { accountKept, accountLinkable, methodKept, parseAccount, parseMethods } from './accounts.ts';
import { parseChecks } from './challenges.ts';
import { type Fragment, readItems, StaleView, type Table } from './client.ts';
import { keys } from './keys.ts';
import { compactQuota, QuotaNeedsCompaction } from './quotas.ts';
import { parseSession, type SessionUse, sessionUsed } from './sessions.ts';
import { noteFullShards, ShardFull } from './shards.ts';

/**
 * What a request of a signed-in user is judged by, in one round trip: session, account, methods, and challenges.
 *
 * @param purposes of the challenges that it takes; without any, none are read
 * @returns undefined if the session has ended: by time, by signing out, or with the method or account it was opened by
 */
export async function readAccountView(
  table: Table,
  ref: SessionRef,
  purposes: readonly Purpose[],
  now: EpochSeconds,
): Promise<AccountView | undefined> {
  const id = ref.accountId;
  const checksKey = keys.checks(id, ref.openedBy);
  const items = await readItems(table, [
    keys.account(id),
    keys.session(id, ref.hash),
    ...(purposes.length > 0 ? [checksKey] : []),
  ]);
  const account = parseAccount(items.get(keys.account(id)));
  const sessionItem = items.get(keys.session(id, ref.hash));
  if (account === undefined || account.suspended || sessionItem === undefined) return undefined;

  const methods = parseMethods(items.get(keys.account(id)));
  const session = parseSession(sessionItem, ref);
  if (session.openedBy !== ref.openedBy || !isSessionOpen(session, methods, now)) return undefined;

  const stored = parseChecks(items.get(checksKey), now);
  const challenges = [...stored.challenges].map(
    ([purpose, one]) => [purpose, checkedBy(one, account)] as const,
  );
  return { account, session, methods, checks: { ...stored, challenges: new Map(challenges) } };
}

/** The session and the method that opened it are still there. The session is renewed by it. */
export function sessionStillOpen(
  table: Table,
  { session }: Pick<AccountView, 'session'>,
  { changing, ...use }: Use,
): Fragment[] {
  const { accountId, openedBy, methodId } = session;
  const used = sessionUsed(table, session, use);
  return changing?.includes(openedBy)
    ? [used]
    : [used, methodKept(table, { accountId, provider: openedBy, methodId })];
}

interface Use extends SessionUse {
  /** The methods that the same transaction changes, and so checks by itself. */
  readonly changing?: readonly WayIn[];
}

/**
 * What every identity check of a signed-in user, and what it allows, checks in its own transaction: the session is open, the account is
 * still a main account with the same phone and, for what a freeze keeps out, not frozen.
 */
export function stillSignedIn(
  table: Table,
  view: Pick<AccountView, 'session' | 'account'>,
  purpose: Purpose,
  use: Use,
): Fragment[] {
  const { account } = view;
  const isNew = FROZEN_ACTIONS.includes(parsePurpose(purpose).action);
  return [
    ...sessionStillOpen(table, view, use),
    isNew ? accountLinkable(table, account, use.now) : accountKept(table, account),
  ];
}

/**
 * Each round that is lost was won by a rival: a guess paid for, a code replaced, a session ended. What rivals can win is bounded by
 * the guess budgets, so this many are lost only if something else is wrong.
 */
const ROUNDS = 40;
/** From here on the rivals are many: each waits a little, for a random while. */
const CROWDED_ROUND = 4;
const CROWDED_WAIT_MILLISECONDS = 20;

/**
 * Reads, judges and writes; all of it again if what was read has changed by then.
 *
 * @param judge gets the round, from 0
 * @throws Problem `unavailable` if it never comes to rest
 */
export async function retryWhenStale<T>(table: Table, judge: (round: number) => Promise<T>): Promise<T> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round >= CROWDED_ROUND) await wait(Math.random() * CROWDED_WAIT_MILLISECONDS);
    try {
      return await judge(round);
    } catch (error) {
      if (error instanceof QuotaNeedsCompaction) await compactQuota(table, error);
      else if (error instanceof ShardFull) await noteFullShards(table, error);
      else if (!(error instanceof StaleView)) throw error;
    }
  }
  throw new Problem('unavailable', { retryAfter: 1 });
}
