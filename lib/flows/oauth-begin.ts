import type { Core, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { browserCookie } from '../http/cookies.ts';
import type { FlowIntent, Session } from '../linking/account.ts';
import type { AppKind, OAuthProviderName } from '../linking/identity.ts';
import { type EpochSeconds, WINDOW_SECONDS } from '../linking/rules.ts';
import { hashToken, newId, newToken } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { type FlowState, stateCreated } from '../table/states.ts';
import { ticketCreated } from '../table/tickets.ts';

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
  } & Pick<FlowState, 'begunBy' | 'returnTo'> &
    Partial<Pick<FlowState, 'flowId'>>,
): BegunFlow {
  const { provider, intent, app, session, begunBy, returnTo, expiresAt } = flow;
  const { flowId = newId(random) } = flow;
  const state = newToken(random);
  const browserToken = caller.browserToken ?? newToken(random);
  const stored = stateCreated(table, hashToken(state), {
    flowId,
    provider,
    intent,
    browserHash: hashToken(browserToken),
    app,
    ...(session && { sessionHash: session.hash }),
    ...(begunBy && { begunBy }),
    ...(returnTo !== undefined && { returnTo }),
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

/**
 * A link that a bearer begins: their page has no cookies here that a `state` could be bound to. So it gets a ticket of 256 random bits; the
 * browser that opens it is the one that the flow is bound to.
 */
export function beginWindow(
  { table, settings, random }: Core,
  { language }: Caller,
  flow: { provider: OAuthProviderName; intent: FlowIntent; session: Session; expiresAt: EpochSeconds } & Pick<
    FlowState,
    'returnTo'
  > & { now: EpochSeconds },
): BegunFlow {
  const { provider, intent, session, returnTo, expiresAt: flowExpiresAt, now } = flow;
  const { accountId, openedBy, hash } = session;
  const flowId = newId(random);
  const ticket = newToken(random);
  const stored = ticketCreated(table, hashToken(ticket), {
    flowId,
    provider,
    intent,
    begunBy: { accountId, openedBy, hash },
    ...(returnTo !== undefined && { returnTo }),
    language,
    flowExpiresAt,
    expiresAt: Math.min(now + WINDOW_SECONDS, flowExpiresAt),
  });
  const query = new URLSearchParams({ ticket });
  return {
    flowId,
    authorizeUrl: `${settings.API_ORIGIN}/oauth/${provider}/window?${query}`,
    stored,
    cookies: [],
  };
}
