import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { noticeBody, requireNotice, requireNoticeRef } from '../../lib/flows/undo.ts';
import { undoTokenSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema });

/** POST /undo/show: what the owner was told, and what saying "this wasn't me" will do. It changes nothing: mail scanners open links. */
export const route = publicRoute<Core & WithHmacKey, z.infer<typeof form>>({
  parse: body(form),
  async handle({ dependencies, form: { token }, now }) {
    const view = await requireNotice(dependencies, requireNoticeRef(dependencies.hmacKey, token), now);
    return json(200, noticeBody(view, now));
  },
});

export const handler = bind(route, provide(hmacKey));
