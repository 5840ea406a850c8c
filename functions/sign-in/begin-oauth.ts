import { authorize, type Core, provide, type WithProviders } from '../../lib/dependencies.ts';
import { beginFlow } from '../../lib/flows/oauth-begin.ts';
import { oauthProviderOf } from '../../lib/http/provider-path.ts';
import { bind, publicRoute } from '../../lib/http/route.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import { requireSignInProvider } from '../../lib/linking/sign-in.ts';
import { commit } from '../../lib/table/client.ts';

/** GET /sign-in/{provider}, for those of OAuth: sends the browser to the provider. */
export const route = publicRoute<Core & WithProviders, OAuthProviderName>({
  parse: oauthProviderOf,
  async handle({ request, dependencies, form: provider, now }) {
    const { table, settings } = dependencies;
    requireSignInProvider(provider, settings.rules);
    const expiresAt = now + settings.rules.flowTtlSeconds;
    const flow = beginFlow(dependencies, request, { provider, intent: 'sign_in', expiresAt });
    await commit(table, [flow.stored]);
    return { statusCode: 302, headers: { location: flow.authorizeUrl }, cookies: flow.cookies };
  },
});

export const handler = bind(route, provide(authorize));
