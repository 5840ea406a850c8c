import { bind } from '../../lib/dependencies.ts';
import { completeCallback } from '../../lib/flows/oauth-callback.ts';
import { oauthProviderOf } from '../../lib/http/provider-path.ts';
import type { CoreDependencies, Route } from '../../lib/http/route.ts';
import { CALLBACK, type CodeDependencies, type OAuthDependencies } from '../../lib/needs.ts';

/** GET /oauth/{wechat|qq}/callback: where the provider sends the browser back to; it always goes on to the console. */
export const route: Route<CoreDependencies & CodeDependencies & OAuthDependencies> = async (
  request,
  dependencies,
) => {
  const provider = oauthProviderOf(request);
  const { result, flow, cookies = [] } = await completeCallback(dependencies, request, provider);
  const query = new URLSearchParams({
    provider,
    ...(flow && { intent: flow.intent, flow: flow.flowId }),
    result,
  });
  const location = `${dependencies.settings.CONSOLE_ORIGINS[0]}/oauth-result?${query}`;
  return { statusCode: 302, headers: { location }, cookies };
};

export const handler = bind(route, CALLBACK);
