import type * as z from 'zod/mini';
import { restoreForm } from '../../lib/contract/forms.ts';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { restoreMethod } from '../../lib/flows/restore-method.ts';
import { json } from '../../lib/http/answer.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof restoreForm>;

/** POST /undo/restore: puts back what was before the change, with the code that was sent to the registered phone. */
async function restore({ dependencies, caller, form, now }: Anyone<Form, WithKeys>) {
  return json(200, await restoreMethod(dependencies, caller, { form, now }));
}

export const create = (provided: Provide<WithKeys>) =>
  endpoint().use(http(provided)).use(body(restoreForm)).use(anyone()).handler(retryWhenStale(restore));
export const handler = create(provide(keys));
