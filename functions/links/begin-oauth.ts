import { authorize, type Core, provide, type WithProviders } from '../../lib/dependencies.ts';
import { beginFlow } from '../../lib/flows/oauth-begin.ts';
import { requireNoBody } from '../../lib/http/body.ts';
import { oauthProviderOf } from '../../lib/http/provider-path.ts';
import { accountRoute, bind, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { requireVerified } from '../../lib/linking/challenge.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { commit } from '../../lib/table/client.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

/** POST /links/{wechat|qq}: a URL to scan at. It uses nothing up: a scan that failed may be followed by another. */
export const route = accountRoute<Core & WithProviders, OAuthProviderName>({
  parse(request) {
    const provider = oauthProviderOf(request);
    requireNoBody(request.event);
    return provider;
  },
  purposes: (provider) => [`link_${provider}`],
  async handle({ request, dependencies, form: provider, view, now }) {
    const { table, settings } = dependencies;
    const { rules } = settings;
    const purpose = `link_${provider}` as const;
    requireActionPossible(view, purpose, { rules, now });
    requireFactor(view.account);
    const { verifiedUntil } = requireVerified(challengeOf(view, purpose), view.session.hash, now);
    const expiresAt = Math.min(now + rules.flowTtlSeconds, verifiedUntil);
    const begin = { provider, intent: 'link', session: view.session, expiresAt } as const;
    const { flowId, authorizeUrl, stored, cookies } = beginFlow(dependencies, request, begin);
    const startsFlow = { flowId, provider, intent: 'link', result: null, at: now } as const;
    await commit(table, [stored, ...stillSignedIn(table, view, { now, rules, startsFlow })]);
    return json(200, { flowId, authorizeUrl, expiresAt: toIso(expiresAt) }, cookies);
  },
});

export const handler = bind(route, provide(authorize));
