import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  FREEZE_SECONDS,
  findSuspect,
  listDestinationsOfChange,
  type Notice,
  requireUnsaid,
} from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { TokenHash } from '../linking/secrets.ts';
import { accountReset } from '../table/accounts.ts';
import { commit, type Fragment } from '../table/client.ts';
import { type NoticeView, noticeConfirmed } from '../table/notices.ts';
import { type MethodsChange, methodsChanged, recordStates, renewMethods } from './change-methods.ts';
import { recordAndNotify } from './record-event.ts';

/** A freeze that begins now, or goes on where one is longer, with its history and its notice. */
export function freeze(
  dependencies: Core,
  caller: Caller,
  { provider, display }: Notice,
  change: MethodsChange,
  bySession?: TokenHash,
): { readonly frozenUntil: EpochSeconds; readonly told: Fragment[] } {
  const { account, now } = change;
  const frozenUntil = Math.max(now + FREEZE_SECONDS, account.frozenUntil ?? 0);
  const told = recordAndNotify(dependencies, caller, account.accountId, {
    type: 'frozen',
    provider,
    display,
    destinations: listDestinationsOfChange(change, dependencies.settings.rules, now),
    ...(bySession && { bySession }),
  });
  return { frozenUntil, told };
}

/**
 * The owner says of a notice "this wasn't me", once: every session ends, nothing can be linked for a day, and the method it is about is
 * suspended if it is still there. The attacker is out, and the owner has time. Nothing is put back yet: that takes the phone.
 *
 * @param bySession the session it was said in, if it was not said by a link
 * @returns the account as it is then
 * @throws Problem `undo_expired`
 */
export async function sayNotMe(
  dependencies: Core,
  caller: Caller,
  view: NoticeView,
  now: EpochSeconds,
  more: { readonly bySession?: TokenHash; readonly conditions?: readonly Fragment[] } = {},
): Promise<NoticeView> {
  const { table, settings, observer } = dependencies;
  const { notice, account, methods: seen } = view;
  const { bySession, conditions = [] } = more;
  requireUnsaid(notice, account);
  const suspect = findSuspect(notice, view, settings.spending.smsCountries);
  const next = renewMethods(dependencies, seen, (method) => method.suspended === true || method === suspect);
  const change: MethodsChange = { account, seen, next, now };
  const { frozenUntil, told } = freeze(dependencies, caller, notice, change, bySession);
  await commit(table, [
    noticeConfirmed(table, notice, now),
    accountReset(table, account, { browsersForgottenAt: now, frozenUntil }),
    ...told,
    ...methodsChanged(dependencies, change),
    ...recordStates(dependencies, caller, change, bySession),
    ...conditions,
  ]);
  observer.count('Frozen');
  return {
    notice: { ...notice, confirmedAt: now },
    account: { ...account, frozenUntil },
    methods: next,
  };
}
