import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import {
  keys,
  type Provide,
  provide,
  providers,
  type WithKeys,
  type WithProviders,
} from '../../lib/dependencies.ts';
import { completeCallback } from '../../lib/flows/oauth-callback.ts';
import { redirect } from '../../lib/http/answer.ts';
import { oauthResultUrl, refuseToConsole } from '../../lib/http/oauth-result.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import {
  type Anyone,
  anyone,
  cookiesOnly,
  endpoint,
  form,
  http,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

type Needs = WithKeys & WithProviders;

const parse = (event: APIGatewayProxyEventV2) => ({
  provider: parseOAuthProvider(event),
  query: event.rawQueryString,
});
type Form = ReturnType<typeof parse>;

/** GET /oauth/{wechat|qq}/callback: where the provider sends the browser back to; it always goes on to the console. */
async function callback({ dependencies, caller, form }: Anyone<Form, Needs>) {
  const { result, flow, finish, cookies } = await completeCallback(dependencies, caller, form);
  const [consoleOrigin] = dependencies.settings.CONSOLE_ORIGINS;
  return redirect(oauthResultUrl(consoleOrigin, { provider: form.provider, flow, result, finish }), cookies);
}

export const create = (provided: Provide<Needs>) =>
  endpoint()
    .use(http(provided, refuseToConsole))
    .use(cookiesOnly())
    .use(form(parse))
    .use(anyone())
    .handler(retryWhenStale(callback));
export const handler = create(provide(keys, providers));
