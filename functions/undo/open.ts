import type * as z from 'zod/mini';
import { openUndoForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { openUndo } from '../../lib/flows/open-undo.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof openUndoForm>;

/** POST /undo/open: the token of a notice's link, for the code that its SMS had in place of it. */
async function open({ dependencies, caller, form, now }: Anyone<Form, WithKeys>) {
  return json(200, await openUndo(dependencies, caller, { form, now }));
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint().use(http(provided)).use(body(openUndoForm)).use(anyone()).handler(retryWhenStale(open));
export const handler = create(provide(keys));
