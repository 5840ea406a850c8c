import type { Core, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { browserCookie } from '../http/cookies.ts';
import type { FlowIntent, Session } from '../linking/account.ts';
import type { AppKind, OAuthProviderName } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newId, newToken } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { stateCreated } from '../table/states.ts';

export function redirectUri(apiOrigin: string, provider: OAuthProviderName): string {
  return `${apiOrigin}/oauth/${provider}/callback`;
}

/** A flow that is ready to be stored; the browser gets its URL and cookies only once it is. */
export interface BegunFlow {
  readonly flowId: string;
  readonly authorizeUrl: string;
  readonly stored: Fragment;
  /** The browser's token, if it had none: it stays the same for all its flows. */
  readonly cookies: string[];
}

/** Makes the `state` of one flow: 256 random bits, bound to browser, provider, intent and, for a link, session. */
export function beginFlow(
  { table, settings, random, providers }: Core & WithProviders,
  caller: Caller,
  flow: {
    provider: OAuthProviderName;
    intent: FlowIntent;
    app: AppKind;
    session?: Session;
    expiresAt: EpochSeconds;
  },
): BegunFlow {
  const { provider, intent, app, session, expiresAt } = flow;
  const flowId = newId(random);
  const state = newToken(random);
  const browserToken = caller.browserToken ?? newToken(random);
  const stored = stateCreated(table, hashToken(state), {
    flowId,
    provider,
    intent,
    browserHash: hashToken(browserToken),
    app,
    ...(session && { sessionHash: session.hash }),
    expiresAt,
  });
  const authorizeUrl = providers[provider].authorizeUrl({
    state,
    redirectUri: redirectUri(settings.API_ORIGIN, provider),
    language: caller.language,
    app,
  });
  const cookies = caller.browserToken === undefined ? [browserCookie(browserToken)] : [];
  return { flowId, authorizeUrl, stored, cookies };
}
