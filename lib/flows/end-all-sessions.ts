import type { Core } from '../dependencies.ts';
import type { AccountView } from '../linking/account.ts';
import { PROVIDERS } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountReset } from '../table/accounts.ts';
import { commit } from '../table/client.ts';
import { sessionStillOpen } from '../table/views.ts';
import { methodsChanged, renewMethods } from './change-methods.ts';

/** Signs out everywhere, the session that asks for it too; and whoever signs in from now on, the owner is told of it. */
export async function endAllSessions(
  dependencies: Core,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<void> {
  const { table, settings } = dependencies;
  const { account, methods: seen } = view;
  await commit(table, [
    ...methodsChanged(dependencies, { account, seen, next: renewMethods(dependencies, seen), now }),
    accountReset(table, account.accountId, { browsersForgottenAt: now }),
    ...sessionStillOpen(table, view, { now, rules: settings.rules, changing: PROVIDERS }),
  ]);
}
