import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { requireFactor } from '../linking/account.ts';
import { requireRestoration, undoBinding } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountOpen } from '../table/accounts.ts';
import { noticeRestorable } from '../table/notices.ts';
import { sendCheckCode } from './send-code.ts';
import { requireNotice } from './undo.ts';

/** Sends a code to the registered phone, to restore what was before. A link alone restores nothing. */
export async function sendUndoCode(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  { form: { token }, now }: { form: { token: string }; now: EpochSeconds },
): Promise<SentAnswer> {
  const { table } = dependencies;
  const { notice, account, methods, challenge } = await requireNotice(dependencies, token, now);
  requireRestoration(notice, methods);
  return sendCheckCode(dependencies, caller, {
    accountId: account.accountId,
    factor: requireFactor(account),
    purpose: 'restore',
    before: challenge,
    boundTo: undoBinding(notice),
    now,
    conditions: [noticeRestorable(table, notice, now), accountOpen(table, account.accountId)],
  });
}
