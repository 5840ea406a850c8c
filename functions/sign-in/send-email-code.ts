import type * as z from 'zod/mini';
import { signInCodeForm } from '../../lib/contract/forms.ts';
import {
  humanCheck,
  keys,
  type Provide,
  provide,
  type WithHumanCheck,
  type WithKeys,
} from '../../lib/dependencies.ts';
import { sendSignInCode } from '../../lib/flows/send-sign-in-code.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof signInCodeForm>;
type Needs = WithKeys & WithHumanCheck;

/** POST /sign-in/email/send: a code to sign in with; the answer is the same for an address that nobody has. */
async function send({ dependencies, caller, form, now }: Anyone<Form, Needs>) {
  return json(202, await sendSignInCode(dependencies, caller, { form, now }));
}

export const create = (provided: Provide<Needs>) =>
  endpoint().use(http(provided)).use(body(signInCodeForm)).use(anyone()).handler(retryWhenStale(send));
export const handler = create(provide(keys, humanCheck));
