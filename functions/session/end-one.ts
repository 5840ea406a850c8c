import { type Provide, provide } from '../../lib/dependencies.ts';
import { type Endable, endOneSession, readEndable } from '../../lib/flows/end-session.ts';
import { noContent } from '../../lib/http/answer.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import { parseSessionId, withoutBody } from '../../lib/http/path.ts';
import {
  endpoint,
  form,
  http,
  type ReadAlso,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = string;

const readAlso: ReadAlso<Form, Endable> = (core, accountId, _id, now, openedBy) =>
  readEndable(core, { accountId, openedBy, now });

/** DELETE /sessions/{id}: signs out one device, which may be this one. */
async function endOne({ dependencies, caller, form: id, view, also, now }: SignedIn<Form, unknown, Endable>) {
  const isOwn = await endOneSession(dependencies, caller, { ...also, id, view, now });
  return noContent(isOwn ? noSessionCookie(caller) : []);
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseSessionId)))
    .use(session(() => [], readAlso))
    .handler(retryWhenStale(endOne));
export const handler = create(provide());
