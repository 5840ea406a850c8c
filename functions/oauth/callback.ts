import {
  type Core,
  hmacKey,
  provide,
  providers,
  type WithHmacKey,
  type WithProviders,
} from '../../lib/dependencies.ts';
import { completeCallback } from '../../lib/flows/oauth-callback.ts';
import { oauthProviderOf } from '../../lib/http/provider-path.ts';
import { bind, type Route } from '../../lib/http/route.ts';
import { requireSignInProvider } from '../../lib/linking/sign-in.ts';

/** GET /oauth/{provider}/callback: where the provider sends the browser back to; it always goes on to the console. */
export const route: Route<Core & WithHmacKey & WithProviders> = async (request, dependencies) => {
  const provider = oauthProviderOf(request);
  requireSignInProvider(provider, dependencies.settings.rules);
  const {
    result,
    flow,
    cookies = [],
  } = await completeCallback(dependencies, request, {
    provider,
    query: request.event.rawQueryString,
  });
  const query = new URLSearchParams({
    provider,
    ...(flow && { intent: flow.intent, flow: flow.flowId }),
    result,
  });
  const location = `${dependencies.settings.CONSOLE_ORIGINS[0]}/oauth-result?${query}`;
  return { statusCode: 302, headers: { location }, cookies };
};

export const handler = bind(route, provide(hmacKey, providers));
