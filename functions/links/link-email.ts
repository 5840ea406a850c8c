import type * as z from 'zod/mini';
import type { LinkedAnswer } from '../../lib/contract/answers.ts';
import { linkEmailForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { linkEmail } from '../../lib/flows/link-email.ts';
import { json } from '../../lib/http/answer.ts';
import { methodRow } from '../../lib/linking/account.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof linkEmailForm>;

/** POST /links/email: links the address that a right code was mailed to; uses up code and check with it. */
async function link({ dependencies, caller, form, view, now }: SignedIn<Form, WithKeys>) {
  const method = await linkEmail(dependencies, caller, { form, view, now });
  return json<LinkedAnswer>(201, { method: methodRow(method, dependencies.settings.rules, now) });
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint()
    .use(http(provided))
    .use(body(linkEmailForm))
    .use(session(() => ['link_email', 'replace_email']))
    .handler(retryWhenStale(link));
export const handler = create(provide(keys));
