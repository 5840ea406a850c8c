import * as z from 'zod/mini';
import { type Core, hmacKey, provide, sms, type WithHmacKey, type WithSms } from '../../lib/dependencies.ts';
import { sendCheckCode } from '../../lib/flows/send-code.ts';
import { requireNotice, requireNoticeRef } from '../../lib/flows/undo.ts';
import { undoTokenSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';
import { requireFactor } from '../../lib/linking/account.ts';
import { requireRestoration, undoBinding } from '../../lib/linking/notice.ts';
import { accountOpen } from '../../lib/table/accounts.ts';
import { noticeRestorable } from '../../lib/table/notices.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema });

/** POST /undo/code: a code to the registered phone, to restore what was before. A link alone restores nothing. */
export const route = publicRoute<Core & WithHmacKey & WithSms, z.infer<typeof form>>({
  parse: body(form),
  async handle({ request, dependencies, form: { token }, now }) {
    const { table, hmacKey } = dependencies;
    const { notice, account, methods, challenge } = await requireNotice(
      dependencies,
      requireNoticeRef(hmacKey, token),
      now,
    );
    requireRestoration(notice, methods);
    const sent = await sendCheckCode(dependencies, request, {
      accountId: account.accountId,
      factor: requireFactor(account),
      purpose: 'restore',
      before: challenge,
      boundTo: undoBinding(notice),
      now,
      conditions: [noticeRestorable(table, notice, now), accountOpen(table, account.accountId)],
    });
    return json(202, sent);
  },
});

export const handler = bind(route, provide(hmacKey, sms));
