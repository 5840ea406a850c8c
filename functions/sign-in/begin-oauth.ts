import {
  authorize,
  keys,
  type Provide,
  provide,
  type WithKeys,
  type WithProviders,
} from '../../lib/dependencies.ts';
import { beginSignIn } from '../../lib/flows/begin-sign-in.ts';
import { redirect } from '../../lib/http/answer.ts';
import { refuseToConsole } from '../../lib/http/oauth-result.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import { type Anyone, anyone, endpoint, form, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';

type Needs = WithKeys & WithProviders;

/** GET /sign-in/{wechat|qq}: sends the browser to the provider or, if that is refused, to the console. */
async function begin({ dependencies, caller, form: provider, now }: Anyone<OAuthProviderName, Needs>) {
  const { authorizeUrl, cookies } = await beginSignIn(dependencies, caller, { provider, now });
  return redirect(authorizeUrl, cookies);
}

export const create = (provided: Provide<Needs>) =>
  endpoint()
    .use(http(provided, refuseToConsole))
    .use(form(parseOAuthProvider))
    .use(anyone())
    .handler(retryWhenStale(begin));
export const handler = create(provide(keys, authorize));
