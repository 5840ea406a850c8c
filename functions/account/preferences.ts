import type * as z from 'zod/mini';
import { preferencesForm } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { setPreferences } from '../../lib/flows/set-preferences.ts';
import { json } from '../../lib/http/answer.ts';
import {
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = z.infer<typeof preferencesForm>;

/** PUT /account/preferences: the language of notices, and by what to hear of sign-ins. */
async function choose({ dependencies, caller, form: { language, notify }, view, now }: SignedIn<Form>) {
  const form = { ...(language && { language }), ...(notify && { notify }) };
  return json(200, await setPreferences(dependencies, caller, { form, view, now }));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(body(preferencesForm))
    .use(session(() => ['preferences']))
    .handler(retryWhenStale(choose));
export const handler = create(provide());
