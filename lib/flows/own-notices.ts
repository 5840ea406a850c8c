import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountView } from '../linking/account.ts';
import { WAYS_IN } from '../linking/identity.ts';
import type { Notice } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { commit } from '../table/client.ts';
import { countsAdded, dailyCounted } from '../table/counters.ts';
import { noticeThere } from '../table/notices.ts';
import { sessionStillOpen } from '../table/views.ts';
import { sayNotMe } from './say-not-me.ts';
import { noticeBody } from './undo.ts';

/** Shows a notice no more in this session: its owner says that it was them. @throws Problem `not_found` */
export async function dismissNotice(
  { table, settings: { rules } }: Core,
  { noticeId, view, now }: { noticeId: string; view: AccountView; now: EpochSeconds },
): Promise<void> {
  const { accountId } = view.account;
  await commit(table, [
    noticeThere(table, { accountId, noticeId }, now),
    ...sessionStillOpen(table, view, { now, rules, dismisses: noticeId }),
  ]);
}

/**
 * "This wasn't me", said in a session, which ends with all others. It is counted as signing out everywhere is: there is no end of sign-ins
 * that can be disowned, and each time the owner is told by SMS.
 *
 * @param notice undefined if the account has none of that id
 * @throws Problem `not_found`, `undo_expired`, `quota_exceeded`
 */
export async function disownNotice(
  dependencies: Core,
  caller: Caller,
  { notice, view, now }: { notice: Notice | undefined; view: AccountView; now: EpochSeconds },
): Promise<NoticeAnswer> {
  const { table, settings } = dependencies;
  if (notice === undefined) throw new Problem('not_found');
  const { account, methods, session } = view;
  const said = await sayNotMe(dependencies, caller, { notice, account, methods }, now, {
    bySession: session.hash,
    conditions: [
      ...countsAdded(table, [
        dailyCounted('sign_out', { accountId: account.accountId, provider: session.openedBy }, now),
      ]),
      ...sessionStillOpen(table, view, { now, rules: settings.rules, changing: WAYS_IN }),
    ],
  });
  return noticeBody(said, now);
}
