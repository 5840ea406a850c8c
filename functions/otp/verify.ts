import type * as z from 'zod/mini';
import { verifyIdentityCheckForm } from '../../lib/contract/forms.ts';
import { hmacKey, type Provide, provide, type WithHmacKey } from '../../lib/dependencies.ts';
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
async function verify({ dependencies, form, view, now }: SignedIn<Form, WithHmacKey>) {
  return json(200, await verifyIdentityCheck(dependencies, { form, view, now }));
}

export const create = (provided: Provide<WithHmacKey>) =>
  endpoint()
    .use(http(provided))
    .use(body(verifyIdentityCheckForm))
    .use(session(({ purpose }: Form) => [purpose]))
    .handler(retryWhenStale(verify));
export const handler = create(provide(hmacKey));
