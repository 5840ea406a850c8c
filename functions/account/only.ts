import { type Provide, provide } from '../../lib/dependencies.ts';
import { keepOnly } from '../../lib/flows/keep-only.ts';
import { json } from '../../lib/http/answer.ts';
import { parseNoBody } from '../../lib/http/body.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

/** POST /account/only: every method but the one that opened this session is suspended, and every other session ends. */
async function only({ dependencies, caller, view, now }: SignedIn<null>) {
  return json(200, await keepOnly(dependencies, caller, { view, now }));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(parseNoBody))
    .use(session(() => ['only']))
    .handler(retryWhenStale(only));
export const handler = create(provide());
