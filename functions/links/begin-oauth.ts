import { authorize, type Provide, provide, type WithProviders } from '../../lib/dependencies.ts';
import { beginLink } from '../../lib/flows/begin-link.ts';
import { json } from '../../lib/http/answer.ts';
import { parseOAuthProvider, withoutBody } from '../../lib/http/path.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

type Form = OAuthProviderName;

/** POST /links/{wechat|qq}: a URL to scan at, for an identity check that stays open until somebody is linked. */
async function begin({ dependencies, caller, form: provider, view, now }: SignedIn<Form, WithProviders>) {
  const { flow, cookies } = await beginLink(dependencies, caller, { provider, view, now });
  return json(200, flow, cookies);
}

export const create = (provided: Provide<WithProviders>) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseOAuthProvider)))
    .use(session((provider: Form) => [`link_${provider}`, `replace_${provider}`]))
    .handler(retryWhenStale(begin));
export const handler = create(provide(authorize));
