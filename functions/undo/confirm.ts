import type * as z from 'zod/mini';
import { undoForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { confirmUndo } from '../../lib/flows/confirm-undo.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof undoForm>;

/** POST /undo: "this wasn't me". Ends every session and freezes changes for a day, once. */
async function confirm({ dependencies, caller, form, now }: Anyone<Form, WithKeys>) {
  return json(200, await confirmUndo(dependencies, caller, { form, now }));
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint().use(http(provided)).use(body(undoForm)).use(anyone()).handler(retryWhenStale(confirm));
export const handler = create(provide(keys));
