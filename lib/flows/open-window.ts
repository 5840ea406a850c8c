import type { Core, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { OAuthProviderName } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newId, type Token } from '../linking/secrets.ts';
import { requireSignInProvider } from '../linking/sign-in.ts';
import { commit } from '../table/client.ts';
import { consumeTicket } from '../table/tickets.ts';
import { beginFlow } from './oauth-begin.ts';

/**
 * Binds the flow of a ticket to the browser that brings it, whoever is signed in there, and leads on to the provider. Nobody but this
 * browser learns the `state`: whoever has made the ticket can't come back in its place.
 *
 * @returns undefined if the ticket is not good, or not any more
 * @throws Problem `not_found`
 */
export async function openWindow(
  dependencies: Core & WithProviders,
  caller: Caller,
  { provider, ticket, now }: { provider: OAuthProviderName; ticket: Token | undefined; now: EpochSeconds },
): Promise<{ readonly location: string; readonly cookies: string[] } | undefined> {
  const { table, settings, providers, random } = dependencies;
  requireSignInProvider(provider, settings.rules);
  if (ticket === undefined) return undefined;
  const attemptId = newId(random);
  const found = await consumeTicket(table, hashToken(ticket), { provider, now, attemptId });
  if (found === undefined) return undefined;
  const { language, flowExpiresAt, expiresAt: _ofTicket, ...flow } = found;
  const chosen = providers[provider].chooseApp?.(caller.device);
  const app = chosen && 'app' in chosen ? chosen.app : 'website';
  const begun = beginFlow(dependencies, { ...caller, language }, { ...flow, app, expiresAt: flowExpiresAt });
  await commit(table, [begun.stored]);
  return { location: begun.authorizeUrl, cookies: begun.cookies };
}
