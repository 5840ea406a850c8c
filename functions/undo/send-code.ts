import type * as z from 'zod/mini';
import { undoForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, sms, type WithKeys, type WithSms } from '../../lib/dependencies.ts';
import { sendUndoCode } from '../../lib/flows/send-undo-code.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof undoForm>;
type Needs = WithKeys & WithSms;

/** POST /undo/code: a code to the registered phone, to restore what was before. A link alone restores nothing. */
async function send({ dependencies, caller, form, now }: Anyone<Form, Needs>) {
  return json(202, await sendUndoCode(dependencies, caller, { form, now }));
}

export const create = (provided: Provide<Needs>) =>
  endpoint().use(http(provided)).use(body(undoForm)).use(anyone()).handler(retryWhenStale(send));
export const handler = create(provide(keys, sms));
