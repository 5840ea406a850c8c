import { type Provide, provide } from '../../lib/dependencies.ts';
import { showAccount } from '../../lib/flows/show-account.ts';
import { json } from '../../lib/http/answer.ts';
import { PURPOSES } from '../../lib/linking/identity.ts';
import { endpoint, http, retryWhenStale, type SignedIn, session } from '../../lib/middleware/pipeline.ts';

/** GET /account: what the account page shows, and what this session has under way. */
async function show({ dependencies, view, now }: SignedIn) {
  return json(200, await showAccount(dependencies, { view, now }));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(session(() => PURPOSES))
    .handler(retryWhenStale(show));
export const handler = create(provide());
