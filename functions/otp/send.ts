import type * as z from 'zod/mini';
import { identityCheckForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, sms, type WithKeys, type WithSms } from '../../lib/dependencies.ts';
import { sendIdentityCheck } from '../../lib/flows/send-identity-check.ts';
import { json } from '../../lib/http/answer.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof identityCheckForm>;
type Needs = WithKeys & WithSms;

/** POST /otp/send: begins an identity check with a code to the registered phone. */
async function send({ dependencies, caller, form: { purpose }, view, now }: SignedIn<Form, Needs>) {
  return json(202, await sendIdentityCheck(dependencies, caller, { purpose, view, now }));
}

export const create = (provided: Provide<Needs>) =>
  endpoint()
    .use(http(provided))
    .use(body(identityCheckForm))
    .use(session(({ purpose }: Form) => [purpose]))
    .handler(retryWhenStale(send));
export const handler = create(provide(keys, sms));
