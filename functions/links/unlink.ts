import { type Provide, provide } from '../../lib/dependencies.ts';
import { unlink } from '../../lib/flows/unlink.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseProvider, withoutBody } from '../../lib/http/path.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = Provider;

/** DELETE /links/{provider}: the identity opens this account no longer, and the sessions it opened have ended. */
async function remove({ dependencies, caller, form: provider, view, now }: SignedIn<Form>) {
  await unlink(dependencies, caller, { provider, view, now });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseProvider)))
    .use(session((provider: Form) => [`unlink_${provider}`]))
    .handler(retryWhenStale(remove));
export const handler = create(provide());
