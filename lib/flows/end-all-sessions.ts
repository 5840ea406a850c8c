import type { Core } from '../dependencies.ts';
import type { AccountView } from '../linking/account.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { commit } from '../table/client.ts';
import { sessionStillOpen } from '../table/views.ts';
import { everySessionEnded } from './end-sessions.ts';

/** Signs out everywhere, the session that asks for it too. */
export async function endAllSessions(
  dependencies: Core,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<void> {
  const { table, settings } = dependencies;
  await commit(table, [
    ...everySessionEnded(dependencies, view),
    ...sessionStillOpen(table, view, { now, rules: settings.rules, changing: [...view.methods.keys()] }),
  ]);
}
