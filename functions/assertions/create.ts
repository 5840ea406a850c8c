import type * as z from 'zod/mini';
import { sessionAssertionForm } from '../../lib/contract/forms.ts';
import { type Provide, provide, signer, type WithSigner } from '../../lib/dependencies.ts';
import { assertSession } from '../../lib/flows/assert-session.ts';
import { json } from '../../lib/http/answer.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof sessionAssertionForm>;

/** POST /assertions: a signed word for others about who is signed in. */
async function assert({ dependencies, form: { audience }, view, now }: SignedIn<Form, WithSigner>) {
  return json(201, await assertSession(dependencies, { audience, view, now }));
}

export const create = (provided: Provide<WithSigner>) =>
  endpoint()
    .use(http(provided))
    .use(body(sessionAssertionForm))
    .use(session())
    .handler(retryWhenStale(assert));
export const handler = create(provide(signer));
