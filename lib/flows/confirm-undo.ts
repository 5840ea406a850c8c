import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { FREEZE_SECONDS, listDestinations, requireUnconfirmed } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountFrozen } from '../table/accounts.ts';
import { commit } from '../table/client.ts';
import { type NoticeView, noticeConfirmed } from '../table/notices.ts';
import { everySessionEnded } from './end-sessions.ts';
import { recordAndNotify } from './record-event.ts';
import { noticeBody, requireNotice } from './undo.ts';

/**
 * The holder of a notice's link says "this wasn't me": every session ends, and nothing can be changed for a day. The attacker is out,
 * and the owner has time. Nothing is put back yet: the link also went to channels that the attacker may have had until then.
 *
 * @returns the account as it is then
 */
async function freezeAccount(
  dependencies: Core & WithKeys,
  caller: Caller,
  view: NoticeView,
  now: EpochSeconds,
): Promise<NoticeView> {
  const { table, observer } = dependencies;
  const { notice, account } = view;
  const { accountId } = account;
  const { provider, display } = notice;
  const frozenUntil = Math.max(now + FREEZE_SECONDS, account.frozenUntil ?? 0);
  const event = { type: 'frozen', provider, display } as const;
  await commit(table, [
    noticeConfirmed(table, notice, now),
    accountFrozen(table, accountId, frozenUntil),
    ...everySessionEnded(dependencies, view),
    ...recordAndNotify(dependencies, caller, accountId, event, { destinations: listDestinations(view) }),
  ]);
  observer.count('Frozen');
  return { ...view, notice: { ...notice, confirmedAt: now }, account: { ...account, frozenUntil } };
}

/** "This wasn't me", once. */
export async function confirmUndo(
  dependencies: Core & WithKeys,
  caller: Caller,
  { form: { token }, now }: { form: { token: string }; now: EpochSeconds },
): Promise<NoticeAnswer> {
  const view = await requireNotice(dependencies, token, now);
  requireUnconfirmed(view.notice);
  return noticeBody(await freezeAccount(dependencies, caller, view, now), now);
}
