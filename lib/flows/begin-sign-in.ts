import type { Core, WithKeys, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { onPhoneUrl } from '../http/oauth-result.ts';
import type { OAuthProviderName } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { requireSignInProvider } from '../linking/sign-in.ts';
import { commit } from '../table/client.ts';
import { countsAdded, ipSignInCounted } from '../table/counters.ts';
import { countingAt, networkKey } from './count-sending.ts';
import { beginFlow } from './oauth-begin.ts';

/**
 * Where the browser goes to sign in, once that is stored, and counted for the caller's IP address: anybody can have it stored. A phone
 * that could do nothing there goes to the console's page that says so, and nothing is stored.
 *
 * @throws Problem `not_found`, `quota_exceeded`
 */
export async function beginSignIn(
  dependencies: Core & WithKeys & WithProviders,
  caller: Caller,
  { provider, returnTo, now }: { provider: OAuthProviderName; returnTo?: string; now: EpochSeconds },
): Promise<{ readonly location: string; readonly cookies: string[] }> {
  const { table, settings, providers } = dependencies;
  requireSignInProvider(provider, settings.rules);
  const chosen = providers[provider].chooseApp?.(caller.device) ?? { app: 'website' };
  if ('deadEnd' in chosen)
    return { location: onPhoneUrl(settings.CONSOLE_ORIGINS[0], chosen.deadEnd), cookies: [] };
  const expiresAt = now + settings.rules.flowTtlSeconds;
  const { stored, authorizeUrl, cookies } = beginFlow(dependencies, caller, {
    provider,
    intent: 'sign_in',
    app: chosen.app,
    ...(returnTo !== undefined && { returnTo }),
    expiresAt,
  });
  const counted = ipSignInCounted(table, networkKey(dependencies, caller), countingAt(dependencies, now));
  await commit(table, [stored, ...countsAdded(table, [counted])]);
  return { location: authorizeUrl, cookies };
}
