import type { Core, WithKeys, WithProviders } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { hashBrowser } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  type LinkAction,
  requireActionPossible,
  requireFactor,
  requireNoProbation,
  resolveFlow,
} from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import { type Identity, type OAuthProviderName, oauthSubjects } from '../linking/identity.ts';
import { Problem, type ProblemCode } from '../linking/problem.ts';
import { type EpochSeconds, epochSeconds, WINDOW_SECONDS } from '../linking/rules.ts';
import { hashToken, newId, newToken, parseToken, type Token } from '../linking/secrets.ts';
import { requireSignInProvider } from '../linking/sign-in.ts';
import { describeError } from '../observe.ts';
import { type CallbackResult, ProviderError } from '../providers/provider.ts';
import { commit } from '../table/client.ts';
import { scanKept } from '../table/scans.ts';
import { consumeState, type FlowState } from '../table/states.ts';
import { readAccountView, retryWhenStale, sessionStillOpen } from '../table/views.ts';
import { linkIdentity, recordRefusal } from './link.ts';
import { redirectUri } from './oauth-begin.ts';
import { type IdentifiedPerson, signInByIdentity } from './oauth-sign-in.ts';

type Dependencies = Core & WithKeys & WithProviders;

export type FlowResult =
  | 'linked'
  | 'replaced'
  | 'signed_in'
  | 'confirm'
  | 'denied'
  | 'identity_unknown'
  | 'state_invalid'
  | 'snapshot_user'
  | ProblemCode;

/** What the provider sent the browser back with. */
interface Redirected {
  readonly provider: OAuthProviderName;
  /** As it came, since a parameter that comes twice must be seen. */
  readonly query: string;
}

/** What the browser is sent on with. The page believes `GET /account`, not this. */
export interface CallbackOutcome {
  readonly result: FlowResult;
  /** Undefined if the state was not this browser's to use. */
  readonly flow?: FlowState;
  /** With `confirm`: what the session that began the flow finishes it with. */
  readonly finish?: Token;
  readonly cookies?: string[];
}

/** A callback whose state is used up: only `openFlow` makes one, so that nothing else can go on with a flow. */
interface OpenFlow {
  readonly flow: FlowState;
  readonly callback: CallbackResult;
  /** The session the browser came with, read in the same round trip, or that began its window; undefined if there is none or it has ended. */
  readonly view: AccountView | undefined;
  readonly now: EpochSeconds;
}

async function openFlow(
  { table, random, providers, ...rest }: Dependencies,
  caller: Caller,
  { provider, query }: Redirected,
): Promise<OpenFlow | undefined> {
  const now = epochSeconds(rest.clock);
  const callback = providers[provider].parseCallback(new URLSearchParams(query));
  const state = parseToken(callback.state);
  const browserHash = hashBrowser(caller);
  if (state === undefined || browserHash === undefined) return undefined;
  const { sessionRef } = caller;
  const session = sessionRef && { sessionHash: sessionRef.hash };
  const [flow, ofBrowser] = await Promise.all([
    consumeState(table, hashToken(state), {
      provider,
      browserHash,
      ...session,
      now,
      attemptId: newId(random),
    }),
    sessionRef && readAccountView(table, sessionRef, [`link_${provider}`, `replace_${provider}`], now),
  ]);
  if (flow === undefined) return undefined;
  const { begunBy } = flow;
  const view = begunBy
    ? await readAccountView(table, begunBy, [`link_${provider}`, `replace_${provider}`], now)
    : ofBrowser;
  return { flow, callback, view, now };
}

function observeFailure({ observer }: Dependencies, { provider, kind, step, errcode }: ProviderError): void {
  observer.count(kind === 'configuration' ? 'ProviderMisconfigured' : 'ProviderFailed');
  const log = kind === 'configuration' ? observer.error : observer.warn;
  log('the provider failed', { provider, kind, step, errcode });
}

/** Spends the provider's code. @throws Problem `provider_failed` */
async function identify(
  dependencies: Dependencies,
  { provider, app }: FlowState,
  callback: CallbackResult,
): Promise<IdentifiedPerson | 'snapshot_user'> {
  const { settings, providers, observer } = dependencies;
  if (callback.kind !== 'code') {
    observer.warn('the provider sent an error instead of a code', { provider });
    throw new Problem('provider_failed');
  }
  try {
    const uri = redirectUri(settings.API_ORIGIN, provider);
    const identity = await providers[provider].identify({ code: callback.code, redirectUri: uri, app });
    const { nickname: display, unionid, profileFailure } = identity;
    if (profileFailure) observeFailure(dependencies, profileFailure);
    return {
      provider,
      subjects: oauthSubjects(identity),
      display,
      isNamed: profileFailure === undefined,
      isWhole: profileFailure === undefined || unionid !== undefined,
    };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === 'snapshot_user') return 'snapshot_user';
    observeFailure(dependencies, error);
    throw new Problem('provider_failed');
  }
}

/** Runs `change` on the session as it is; the first view of it was read together with the state. */
async function withView<T>(
  { table, ...rest }: Dependencies,
  { flow, view }: LinkFlow,
  change: (view: AccountView, now: EpochSeconds) => Promise<T>,
): Promise<T> {
  return retryWhenStale(table, async (round) => {
    const now = epochSeconds(rest.clock);
    const seen =
      round === 0
        ? view
        : await readAccountView(table, view.session, [`${flow.intent}_${flow.provider}`], now);
    if (seen === undefined) throw new Problem('not_signed_in');
    return change(seen, now);
  });
}

/** A flow that ended before a person was identified leaves its result with the session, and the identity check as it was. */
async function endFlow(dependencies: Dependencies, open: LinkFlow, result: FlowResult): Promise<FlowResult> {
  const { table, settings } = dependencies;
  return withView(dependencies, open, async (view, now) => {
    const endsFlow = resolveFlow(view, open.flow, result, now);
    if (endsFlow)
      await commit(table, sessionStillOpen(table, view, { now, rules: settings.rules, endsFlow }));
    return result;
  });
}

/** A flow of a session that is still there. */
interface LinkFlow extends OpenFlow {
  readonly flow: FlowState & { readonly intent: LinkAction };
  readonly view: AccountView;
  /** What the session is to finish it with. */
  readonly finish?: Token;
}

const LINKED = { link: 'linked', replace: 'replaced' } as const;

/**
 * Keeps who scanned in a window until the session that began it asks for them, by a code that this browser alone is given: it may be
 * somebody else's, who was sent the window's URL.
 */
async function keepScan(
  { table, random, clock }: Dependencies,
  { flow: { flowId, provider, intent }, view: { session } }: LinkFlow,
  identity: Identity,
  code: Token,
): Promise<void> {
  const expiresAt = epochSeconds(clock) + WINDOW_SECONDS;
  const scan = { flowId, provider, intent, sessionHash: session.hash, identity, expiresAt };
  await commit(table, [scanKept(table, code, scan, random)]);
}

/** First whether the link is still possible and allowed, then who scanned, then whether that person can be linked. */
async function completeLink(dependencies: Dependencies, caller: Caller, open: LinkFlow): Promise<FlowResult> {
  const { flow, callback, view, now } = open;
  const { provider, intent: action } = flow;
  const purpose = `${action}_${provider}` as const;
  const requireAllowed = (seen: AccountView, at: EpochSeconds) => {
    requireNoProbation(seen, dependencies.settings.rules, at);
    requireActionPossible(seen, purpose, { rules: dependencies.settings.rules, now: at });
    requireFactor(seen.account);
    requireVerified(challengeOf(seen, purpose), seen.session.hash, at);
  };
  if (callback.kind === 'denied') return endFlow(dependencies, open, 'denied');
  let identity: Identity;
  try {
    requireAllowed(view, now);
    const identified = await identify(dependencies, flow, callback);
    if (identified === 'snapshot_user') return endFlow(dependencies, open, identified);
    // A unionid that nothing told could be another account's.
    if (!identified.isWhole) throw new Problem('provider_failed');
    identity = identified;
    if (open.finish) {
      await keepScan(dependencies, open, identity, open.finish);
      return 'confirm';
    }
  } catch (error) {
    if (error instanceof Problem) return endFlow(dependencies, open, error.code);
    throw error;
  }
  return withView(dependencies, open, async (seen, at) => {
    const change = (result: FlowResult) => {
      const endsFlow = resolveFlow(seen, flow, result, at);
      return { view: seen, now: at, action, ...(endsFlow && { endsFlow }) };
    };
    try {
      requireAllowed(seen, at);
      const challenge = consumeCheck(challengeOf(seen, purpose));
      await linkIdentity(dependencies, caller, identity, { ...change(LINKED[action]), challenge });
      return LINKED[action];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await recordRefusal(dependencies, caller, identity, error, change(error.code));
      return error.code;
    }
  });
}

/** The result after any error: a browser that was sent back is never left on an error page of ours. */
function failed({ observer }: Dependencies, error: unknown): FlowResult {
  if (error instanceof Problem) return error.code;
  observer.count('Fault');
  observer.error('fault', describeError(error));
  return 'unavailable';
}

/**
 * Completes a flow. First the state, then the session, then the check; each is looked at before anything is asked of the
 * provider, and the state is used up before its code is spent.
 */
export async function completeCallback(
  dependencies: Dependencies,
  caller: Caller,
  redirected: Redirected,
): Promise<CallbackOutcome> {
  const { provider } = redirected;
  requireSignInProvider(provider, dependencies.settings.rules);
  let open: OpenFlow | undefined;
  try {
    open = await openFlow(dependencies, caller, redirected);
  } catch (error) {
    return { result: failed(dependencies, error) };
  }
  if (open === undefined) return { result: 'state_invalid' };
  const { flow, callback, view } = open;
  const { intent } = flow;
  try {
    if (intent !== 'sign_in') {
      if (view === undefined) return { flow, result: 'not_signed_in' };
      const finish = flow.begunBy && newToken(dependencies.random);
      const link = { ...open, flow: { ...flow, intent }, view, ...(finish && { finish }) };
      const result = await completeLink(dependencies, caller, link);
      return { flow, result, ...(finish && result === 'confirm' && { finish }) };
    }
    if (callback.kind === 'denied') return { flow, result: 'denied' };
    const person = await identify(dependencies, flow, callback);
    if (person === 'snapshot_user') return { flow, result: person };
    return { flow, ...(await signInByIdentity(dependencies, caller, person, flow)) };
  } catch (error) {
    const result = failed(dependencies, error);
    // The page waits for a result. If the store can't take one, it waits until the flow's time is over.
    if (view && intent !== 'sign_in')
      await endFlow(dependencies, { ...open, flow: { ...flow, intent }, view }, result).catch(
        () => undefined,
      );
    return { flow, result };
  }
}
