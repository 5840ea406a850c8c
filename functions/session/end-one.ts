import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { endOneSession } from '../../lib/flows/end-session.ts';
import { noContent } from '../../lib/http/answer.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import { parseSessionId, withoutBody } from '../../lib/http/path.ts';
import type { AccountId, Session } from '../../lib/linking/account.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';
import { readSessions } from '../../lib/table/sessions.ts';

type Form = string;

const readAlso = ({ table }: Core, accountId: AccountId) => readSessions(table, accountId);

/** DELETE /sessions/{id}: signs out one device, which may be this one. */
async function endOne({ dependencies, caller, form: id, ...asked }: SignedIn<Form, unknown, Session[]>) {
  const { view, also: sessions, now } = asked;
  const isOwn = await endOneSession(dependencies, { id, view, sessions, now });
  return noContent(isOwn ? noSessionCookie(caller) : []);
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseSessionId)))
    .use(session(() => [], readAlso))
    .handler(retryWhenStale(endOne));
export const handler = create(provide());
