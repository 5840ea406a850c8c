import type * as z from 'zod/mini';
import { verifyIdentityCheckForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { verifyIdentityCheck } from '../../lib/flows/verify-identity-check.ts';
import { json } from '../../lib/http/answer.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof verifyIdentityCheckForm>;

/** POST /otp/verify: a right code opens the action of its purpose once, for this session. */
async function verify({ dependencies, caller, form, view, now }: SignedIn<Form, WithKeys>) {
  return json(200, await verifyIdentityCheck(dependencies, caller, { form, view, now }));
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint()
    .use(http(provided))
    .use(body(verifyIdentityCheckForm))
    .use(session(({ purpose }: Form) => [purpose]))
    .handler(retryWhenStale(verify));
export const handler = create(provide(keys));
