import { authorize, type Provide, provide, type WithProviders } from '../../lib/dependencies.ts';
import { beginSignIn } from '../../lib/flows/begin-sign-in.ts';
import { redirect } from '../../lib/http/answer.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import { type Anyone, anyone, endpoint, form, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

/** GET /sign-in/{wechat|qq}: sends the browser to the provider. */
async function begin({
  dependencies,
  caller,
  form: provider,
  now,
}: Anyone<OAuthProviderName, WithProviders>) {
  const { authorizeUrl, cookies } = await beginSignIn(dependencies, caller, { provider, now });
  return redirect(authorizeUrl, cookies);
}

export const create = (provided: Provide<WithProviders>) =>
  endpoint().use(http(provided)).use(form(parseOAuthProvider)).use(anyone()).handler(retryWhenStale(begin));
export const handler = create(provide(authorize));
