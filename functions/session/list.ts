import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { listSessions } from '../../lib/flows/list-sessions.ts';
import { json } from '../../lib/http/answer.ts';
import type { AccountId, Session } from '../../lib/linking/account.ts';
import { anySession, endpoint, http, retryWhenStale, type SignedIn } from '../../lib/middleware/pipeline.ts';
import { readSessions } from '../../lib/table/sessions.ts';

const readAlso = ({ table }: Core, accountId: AccountId) => readSessions(table, accountId);

/** GET /sessions: the devices that are signed in to the account. */
async function list({ dependencies, view, also: sessions, now }: SignedIn<void, unknown, Session[]>) {
  return json(200, { sessions: listSessions(dependencies, { view, sessions, now }) });
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(anySession(() => [], readAlso))
    .handler(retryWhenStale(list));
export const handler = create(provide());
