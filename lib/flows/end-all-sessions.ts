import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, shownDisplay } from '../linking/account.ts';
import { WAYS_IN } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountReset } from '../table/accounts.ts';
import { commit } from '../table/client.ts';
import { countsAdded, dailyCounted } from '../table/counters.ts';
import { sessionStillOpen } from '../table/views.ts';
import { methodsChanged, renewMethods } from './change-methods.ts';
import { notifyOfEvent } from './record-event.ts';

/** Tells the owner that a session has ended others: by the phone alone, since the link in it is how they get back in. */
export function signedOutNotice({ session, methods }: Pick<AccountView, 'session' | 'methods'>) {
  const { openedBy, hash } = session;
  const method = methods.get(openedBy);
  return {
    type: 'signed_out',
    provider: openedBy,
    display: method ? shownDisplay(method) : openedBy,
    subjects: method?.subjects ?? [],
    phoneOnly: true,
    bySession: hash,
  } as const;
}

/**
 * Signs out everywhere, the session that asks for it too. Its owner is told, with a link, and of whatever signs in from now on: an attacker
 * who keeps signing them out tells them each time how to get back in. So it is done a few times a day only.
 *
 * @throws Problem `quota_exceeded`
 */
export async function endAllSessions(
  dependencies: Core,
  caller: Caller,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<void> {
  const { table, settings } = dependencies;
  const { account, session, methods: seen } = view;
  const { openedBy } = session;
  await commit(table, [
    ...countsAdded(table, [
      dailyCounted('sign_out', { accountId: account.accountId, provider: openedBy }, now),
    ]),
    notifyOfEvent(dependencies, caller, account.accountId, signedOutNotice(view)),
    ...methodsChanged(dependencies, { account, seen, next: renewMethods(dependencies, seen), now }),
    accountReset(table, account, { browsersForgottenAt: now }),
    ...sessionStillOpen(table, view, { now, rules: settings.rules, changing: WAYS_IN }),
  ]);
}
