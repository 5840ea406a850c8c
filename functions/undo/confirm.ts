import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { freezeAccount, noticeBody, noticeRefOf, requireNotice } from '../../lib/flows/undo.ts';
import { undoTokenSchema } from '../../lib/http/body.ts';
import { body, type CoreDependencies, json, publicRoute } from '../../lib/http/route.ts';
import { requireUnconfirmed } from '../../lib/linking/notice.ts';
import { CODES, type CodeDependencies } from '../../lib/needs.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema });

/** POST /undo: "this wasn't me". Ends every session and freezes changes for a day, once. */
export const route = publicRoute<CoreDependencies & CodeDependencies, z.infer<typeof form>>({
  parse: body(form),
  async handle({ request, dependencies, form: { token }, now }) {
    const view = await requireNotice(dependencies, noticeRefOf(dependencies.hmacKey, token), now);
    requireUnconfirmed(view.notice);
    return json(200, noticeBody(await freezeAccount(dependencies, request, view, now), now));
  },
});

export const handler = bind(route, CODES);
