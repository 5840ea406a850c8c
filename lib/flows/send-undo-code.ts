import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { requireFactor } from '../linking/account.ts';
import { requireNotPutBack } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountKept } from '../table/accounts.ts';
import { noticeRestorable } from '../table/notices.ts';
import { sendRestoreCode } from './send-code.ts';
import { requireLink } from './undo.ts';

/** Sends a code to the registered phone, to restore what was before. A link alone restores nothing. */
export async function sendUndoCode(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  { form: { token }, now }: { form: { token: string }; now: EpochSeconds },
): Promise<SentAnswer> {
  const { table } = dependencies;
  const view = await requireLink(dependencies, token, now);
  const { notice, account } = view;
  requireNotPutBack(notice);
  return sendRestoreCode(dependencies, caller, {
    view,
    factor: requireFactor(account),
    now,
    conditions: [noticeRestorable(table, notice, now), accountKept(table, account)],
  });
}
