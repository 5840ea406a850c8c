import type * as z from 'zod/mini';
import { linkEmailCodeForm } from '../../lib/contract/forms.ts';
import { keys, mail, type Provide, provide, type WithKeys, type WithMail } from '../../lib/dependencies.ts';
import { sendLinkEmailCode } from '../../lib/flows/send-link-email-code.ts';
import { json } from '../../lib/http/answer.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof linkEmailCodeForm>;
type Needs = WithKeys & WithMail;

/** POST /links/email/send: mails a code to the address to be linked. Says nothing about who else has the address. */
async function send({ dependencies, caller, form: { email }, view, now }: SignedIn<Form, Needs>) {
  return json(202, await sendLinkEmailCode(dependencies, caller, { email, view, now }));
}

export const create = (provided: Provide<Needs>) =>
  endpoint()
    .use(http(provided))
    .use(body(linkEmailCodeForm))
    .use(session(() => ['link_email', 'replace_email']))
    .handler(retryWhenStale(send));
export const handler = create(provide(keys, mail));
