import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountId, type AccountView, isSessionOpen, type Session } from '../linking/account.ts';
import type { WayIn } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { sessionId } from '../linking/session.ts';
import { commit } from '../table/client.ts';
import { countsAdded, dailyCounted, firstCounted, readDailyCount } from '../table/counters.ts';
import { endSession, readSessions, sessionEnded } from '../table/sessions.ts';
import { sessionStillOpen } from '../table/views.ts';
import { signedOutNotice } from './end-all-sessions.ts';
import { notifyOfEvent } from './record-event.ts';

/** What ending one session is judged by, beside the session that asks. */
export interface Endable {
  /** All that the account has. */
  readonly sessions: readonly Session[];
  /** How many were ended today by sessions of the method that the asking one was opened by. */
  readonly endedToday: number;
}

export async function readEndable(
  { table }: Core,
  { accountId, openedBy, now }: { accountId: AccountId; openedBy: WayIn; now: EpochSeconds },
): Promise<Endable> {
  const [sessions, endedToday] = await Promise.all([
    readSessions(table, accountId),
    readDailyCount(table, 'end_session', { accountId, provider: openedBy }, now),
  ]);
  return { sessions, endedToday };
}

interface Request extends Endable {
  /** What the session is called outside. */
  readonly id: string;
  readonly view: AccountView;
  readonly now: EpochSeconds;
}

/**
 * Ends one session of the account, which may be the one that asks. An attacker could keep the owner out by it, a session at a time: so it
 * is done some times a day only, and the first time the owner is told, with a link.
 *
 * @returns whether it was the one that asked
 * @throws Problem `not_found` if no session that is open is called so; `quota_exceeded`
 */
export async function endOneSession(
  dependencies: Core,
  caller: Caller,
  { id, view, sessions, endedToday, now }: Request,
): Promise<boolean> {
  const { table, settings } = dependencies;
  const { session, methods } = view;
  const found = sessions.find((one) => sessionId(one) === id);
  if (found === undefined || !isSessionOpen(found, methods, now)) throw new Problem('not_found');
  if (found.hash === session.hash) {
    await endSession(table, found);
    return true;
  }
  const sharer = { accountId: session.accountId, provider: session.openedBy };
  const told =
    endedToday === 0
      ? [
          ...countsAdded(table, [firstCounted('end_session', sharer, now)]),
          notifyOfEvent(dependencies, caller, session.accountId, signedOutNotice(view)),
        ]
      : countsAdded(table, [dailyCounted('end_session', sharer, now)]);
  await commit(table, [
    sessionEnded(table, found),
    ...told,
    ...sessionStillOpen(table, view, { now, rules: settings.rules }),
  ]);
  return false;
}
