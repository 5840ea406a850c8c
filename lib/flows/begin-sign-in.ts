import type { Core, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { OAuthProviderName } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { requireSignInProvider } from '../linking/sign-in.ts';
import { commit } from '../table/client.ts';
import { beginFlow } from './oauth-begin.ts';

/** Where the browser goes to sign in, once that is stored. */
export async function beginSignIn(
  dependencies: Core & WithProviders,
  caller: Caller,
  { provider, now }: { provider: OAuthProviderName; now: EpochSeconds },
): Promise<{ readonly authorizeUrl: string; readonly cookies: string[] }> {
  const { table, settings } = dependencies;
  requireSignInProvider(provider, settings.rules);
  const expiresAt = now + settings.rules.flowTtlSeconds;
  const { stored, authorizeUrl, cookies } = beginFlow(dependencies, caller, {
    provider,
    intent: 'sign_in',
    expiresAt,
  });
  await commit(table, [stored]);
  return { authorizeUrl, cookies };
}
