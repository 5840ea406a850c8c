import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { freezeAccount, noticeBody, requireNotice, requireNoticeRef } from '../../lib/flows/undo.ts';
import { undoTokenSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';
import { requireUnconfirmed } from '../../lib/linking/notice.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema });

/** POST /undo: "this wasn't me". Ends every session and freezes changes for a day, once. */
export const route = publicRoute<Core & WithHmacKey, z.infer<typeof form>>({
  parse: body(form),
  async handle({ request, dependencies, form: { token }, now }) {
    const view = await requireNotice(dependencies, requireNoticeRef(dependencies.hmacKey, token), now);
    requireUnconfirmed(view.notice);
    return json(200, noticeBody(await freezeAccount(dependencies, request, view, now), now));
  },
});

export const handler = bind(route, provide(hmacKey));
