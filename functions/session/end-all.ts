import { type Provide, provide } from '../../lib/dependencies.ts';
import { endAllSessions } from '../../lib/flows/end-all-sessions.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseNoBody } from '../../lib/http/body.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

/** DELETE /sessions: signs out everywhere, this browser too. */
async function endAll({ dependencies, caller, view, now }: SignedIn<null>) {
  await endAllSessions(dependencies, caller, { view, now });
  return noContent(noSessionCookie(caller));
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parseNoBody)).use(session()).handler(retryWhenStale(endAll));
export const handler = create(provide());
