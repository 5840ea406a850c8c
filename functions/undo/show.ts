import type * as z from 'zod/mini';
import { undoForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { showUndo } from '../../lib/flows/show-undo.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof undoForm>;

/** POST /undo/show: what the owner was told, and what saying "this wasn't me" will do. It changes nothing: mail scanners open links. */
async function show({ dependencies, form, now }: Anyone<Form, WithKeys>) {
  return json(200, await showUndo(dependencies, { form, now }));
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint().use(http(provided)).use(body(undoForm)).use(anyone()).handler(retryWhenStale(show));
export const handler = create(provide(keys));
