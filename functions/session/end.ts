import { type Provide, provide } from '../../lib/dependencies.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseNoBody } from '../../lib/http/body.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import {
  anySession,
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
} from '../../lib/middleware/pipeline.ts';
import { endSession } from '../../lib/table/sessions.ts';

/** DELETE /session: signs out, on the server too. */
async function end({ dependencies: { table }, caller, view }: SignedIn<null>) {
  await endSession(table, view.session);
  return noContent(noSessionCookie(caller));
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parseNoBody)).use(anySession()).handler(retryWhenStale(end));
export const handler = create(provide());
