import type { FlowBegunAnswer } from '../contract/answers.ts';
import type { Core, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  linkAction,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { requireVerified } from '../linking/challenge.ts';
import type { OAuthProviderName } from '../linking/identity.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { commit } from '../table/client.ts';
import { stillSignedIn } from '../table/views.ts';
import { beginFlow, beginWindow } from './oauth-begin.ts';

/** A URL to scan at, once the identity is checked. It uses nothing up: a scan that failed may be followed by another. */
export async function beginLink(
  dependencies: Core & WithProviders,
  caller: Caller,
  {
    provider,
    returnTo,
    view,
    now,
  }: { provider: OAuthProviderName; returnTo?: string; view: AccountView; now: EpochSeconds },
): Promise<{ readonly flow: FlowBegunAnswer; readonly cookies: string[] }> {
  const { table, settings, providers } = dependencies;
  const { rules } = settings;
  const intent = linkAction(view, provider);
  const purpose = `${intent}_${provider}` as const;
  requireActionPossible(view, purpose, { rules, now });
  requireFactor(view.account);
  const { verifiedUntil } = requireVerified(challengeOf(view, purpose), view.session.hash, now);
  const expiresAt = Math.min(now + rules.flowTtlSeconds, verifiedUntil);
  const chosen = providers[provider].chooseApp?.(caller.device);
  // A phone whose page has said what to do may still open the QR code, for another one to scan.
  const app = chosen && 'app' in chosen ? chosen.app : 'website';
  const begin = {
    ...({ provider, intent, session: view.session, expiresAt } as const),
    ...(returnTo !== undefined && { returnTo }),
  };
  const { flowId, authorizeUrl, stored, cookies } = caller.isBearer
    ? beginWindow(dependencies, caller, { ...begin, now })
    : beginFlow(dependencies, caller, { ...begin, app });
  const startsFlow = { flowId, provider, intent, result: null, at: now } as const;
  await commit(table, [stored, ...stillSignedIn(table, view, purpose, { now, rules, startsFlow })]);
  return { flow: { flowId, authorizeUrl, expiresAt: toIso(expiresAt) }, cookies };
}
