import type { Core } from '../dependencies.ts';
import { type AccountView, isSessionOpen, type Session } from '../linking/account.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { sessionId } from '../linking/session.ts';
import { commit } from '../table/client.ts';
import { endSession, sessionEnded } from '../table/sessions.ts';
import { sessionStillOpen } from '../table/views.ts';

/**
 * Ends one session of the account, which may be the one that asks.
 *
 * @param sessions all that the account has
 * @returns whether it was the one that asked
 * @throws Problem `not_found` if no session that is open is called so
 */
export async function endOneSession(
  { table, settings: { rules } }: Core,
  {
    id,
    view,
    sessions,
    now,
  }: { id: string; view: AccountView; sessions: readonly Session[]; now: EpochSeconds },
): Promise<boolean> {
  const found = sessions.find((session) => sessionId(session) === id);
  if (found === undefined || !isSessionOpen(found, view.methods, now)) throw new Problem('not_found');
  if (found.hash === view.session.hash) {
    await endSession(table, found);
    return true;
  }
  await commit(table, [sessionEnded(table, found), ...sessionStillOpen(table, view, { now, rules })]);
  return false;
}
