import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { noticeBody, noticeRefOf, requireNotice } from '../../lib/flows/undo.ts';
import { undoTokenSchema } from '../../lib/http/body.ts';
import { body, type CoreDependencies, json, publicRoute } from '../../lib/http/route.ts';
import { CODES, type CodeDependencies } from '../../lib/needs.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema });

/** POST /undo/show: what the owner was told, and what saying "this wasn't me" will do. It changes nothing: mail scanners open links. */
export const route = publicRoute<CoreDependencies & CodeDependencies, z.infer<typeof form>>({
  parse: body(form),
  async handle({ dependencies, form: { token }, now }) {
    const view = await requireNotice(dependencies, noticeRefOf(dependencies.hmacKey, token), now);
    return json(200, noticeBody(view, now));
  },
});

export const handler = bind(route, CODES);
