import type * as z from 'zod/mini';
import type { SignedInAnswer } from '../../lib/contract/answers.ts';
import { signInForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { signInByEmail } from '../../lib/flows/sign-in-by-email.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof signInForm>;

/** POST /sign-in/email: signs in with the code that was mailed for this challenge. */
async function signIn({ dependencies, caller, form, now }: Anyone<Form, WithKeys>) {
  const { accountId, cookies } = await signInByEmail(dependencies, caller, { form, now });
  return json<SignedInAnswer>(200, { accountId }, cookies);
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint().use(http(provided)).use(body(signInForm)).use(anyone()).handler(retryWhenStale(signIn));
export const handler = create(provide(keys));
