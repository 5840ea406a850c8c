import { type Provide, provide } from '../../lib/dependencies.ts';
import { clearMethod } from '../../lib/flows/clear-method.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseWayIn, withoutBody } from '../../lib/http/path.ts';
import type { WayIn } from '../../lib/linking/identity.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = WayIn;

/** POST /links/{provider}/clear: a method that is suspended can be signed in with again. */
async function clear({ dependencies, caller, form: provider, view, now }: SignedIn<Form>) {
  await clearMethod(dependencies, caller, { provider, view, now });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseWayIn)))
    .use(session((provider: Form) => [`clear_${provider}`]))
    .handler(retryWhenStale(clear));
export const handler = create(provide());
