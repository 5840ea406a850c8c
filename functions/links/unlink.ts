import { type Core, provide } from '../../lib/dependencies.ts';
import { unlinkMethod } from '../../lib/flows/link.ts';
import { requireNoBody } from '../../lib/http/body.ts';
import { providerOf } from '../../lib/http/provider-path.ts';
import { accountRoute, bind } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { consumeCheck, requireVerified } from '../../lib/linking/challenge.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';

/** DELETE /links/{provider}: the identity opens this account no longer, and the sessions it opened have ended. */
export const route = accountRoute<Core, Provider>({
  parse(request) {
    const provider = providerOf(request);
    requireNoBody(request.event);
    return provider;
  },
  purposes: (provider) => [`unlink_${provider}`],
  async handle({ request, dependencies, form: provider, view, now }) {
    const purpose = `unlink_${provider}` as const;
    requireActionPossible(view, purpose, { rules: dependencies.settings.rules, now });
    requireFactor(view.account);
    const method = view.methods.get(provider);
    if (method === undefined) throw new Problem('not_linked');
    const challenge = challengeOf(view, purpose);
    requireVerified(challenge, view.session.hash, now);
    await unlinkMethod(dependencies, request, method, { view, now, challenge: consumeCheck(challenge) });
    return { statusCode: 204 };
  },
});

export const handler = bind(route, provide());
