import type * as z from 'zod/mini';
import type { SessionOpenedAnswer } from '../../lib/contract/answers.ts';
import { assertionForm } from '../../lib/contract/forms.ts';
import {
  keys,
  ownLogin,
  type Provide,
  provide,
  type WithKeys,
  type WithOwnLogin,
} from '../../lib/dependencies.ts';
import { signInByAssertion } from '../../lib/flows/sign-in-by-assertion.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof assertionForm>;
type Needs = WithKeys & WithOwnLogin;

/** POST /sessions: signs in with an assertion of the company's own login. */
async function signIn({ dependencies, caller, form, now }: Anyone<Form, Needs>) {
  const { answer, cookies } = await signInByAssertion(dependencies, caller, { form, now });
  return json<SessionOpenedAnswer>(201, answer, cookies);
}

export const create = (provided: Provide<Needs>) =>
  endpoint().use(http(provided)).use(body(assertionForm)).use(anyone()).handler(retryWhenStale(signIn));
export const handler = create(provide(keys, ownLogin));
