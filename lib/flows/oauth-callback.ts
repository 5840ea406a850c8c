import type { HttpRequest } from '../http/request.ts';
import { browserHashOf } from '../http/request.ts';
import { type CoreDependencies, nowOf } from '../http/route.ts';
import { type AccountView, challengeOf, type LastFlow, requireActionPossible } from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import { type Identity, type OAuthProviderName, oauthSubjects } from '../linking/identity.ts';
import { Problem, type ProblemCode } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newId, parseToken } from '../linking/secrets.ts';
import type { OAuthDependencies } from '../needs.ts';
import { describeError } from '../observe.ts';
import { type CallbackResult, ProviderError } from '../providers/provider.ts';
import { commit } from '../table/client.ts';
import { judgeAnew } from '../table/judge-anew.ts';
import { consumeState, type FlowState } from '../table/states.ts';
import { readAccountView, stillSignedIn } from '../table/views.ts';
import { linkIdentity, recordConflict } from './link.ts';
import { redirectUri } from './oauth-begin.ts';
import { signInByIdentity } from './oauth-sign-in.ts';

type Dependencies = CoreDependencies & OAuthDependencies;

export type FlowResult =
  | 'linked'
  | 'signed_in'
  | 'denied'
  | 'identity_unknown'
  | 'state_invalid'
  | ProblemCode;

/** What the browser is told. The page believes `GET /account`, not this. */
export interface CallbackOutcome {
  readonly result: FlowResult;
  /** Undefined where the state was not this browser's to use. */
  readonly flow?: FlowState;
  readonly cookies?: string[];
}

/** A callback whose state is used up: only `openFlow` makes one, so that nothing else can go on with a flow. */
interface OpenFlow {
  readonly flow: FlowState;
  readonly said: CallbackResult;
  /** The session the browser came with, read in the same round trip; undefined where there is none or it has ended. */
  readonly view: AccountView | undefined;
  readonly now: EpochSeconds;
}

async function openFlow(
  { table, random, providers, ...rest }: Dependencies,
  request: HttpRequest,
  provider: OAuthProviderName,
): Promise<OpenFlow | undefined> {
  const now = nowOf(rest);
  const said = providers[provider].parseCallback(new URLSearchParams(request.event.rawQueryString));
  const state = parseToken(said.state);
  const browserHash = browserHashOf(request);
  if (state === undefined || browserHash === undefined) return undefined;
  const { sessionRef } = request;
  const session = sessionRef && { sessionHash: sessionRef.hash };
  const [flow, view] = await Promise.all([
    consumeState(table, hashToken(state), { provider, browserHash, ...session, now, use: newId(random) }),
    sessionRef && readAccountView(table, sessionRef, [`link_${provider}`], now),
  ]);
  return flow && { flow, said, view, now };
}

/** Spends the provider's code. @throws Problem `provider_failed` */
async function identify(
  { settings, providers, observer }: Dependencies,
  provider: OAuthProviderName,
  said: CallbackResult,
): Promise<Identity> {
  if (said.kind !== 'code') {
    observer.warn('the provider sent an error instead of a code', { provider });
    throw new Problem('provider_failed');
  }
  try {
    const uri = redirectUri(settings.API_ORIGIN, provider);
    const identity = await providers[provider].identify({ code: said.code, redirectUri: uri });
    return { provider, subjects: oauthSubjects(identity), display: identity.nickname };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind, step, errcode } = error;
    observer.count(kind === 'configuration' ? 'ProviderMisconfigured' : 'ProviderFailed');
    const log = kind === 'configuration' ? observer.error : observer.warn;
    log('the provider failed', { provider, kind, step, errcode });
    throw new Problem('provider_failed');
  }
}

/** The flow's result, for the session's `lastFlow`; a newer flow of the session is not overwritten by an older one. */
function resultOf(
  { session }: AccountView,
  flow: FlowState,
  result: FlowResult,
  now: EpochSeconds,
): LastFlow | undefined {
  if (session.lastFlow?.flowId !== flow.flowId) return undefined;
  return { flowId: flow.flowId, provider: flow.provider, intent: flow.intent, result, at: now };
}

/** Runs `change` on the session as it is now; the first view was read together with the state. */
async function withView<T>(
  { table, ...rest }: Dependencies,
  { flow, view }: OpenFlow,
  change: (view: AccountView, now: EpochSeconds) => Promise<T>,
): Promise<T> {
  let seen = view;
  return judgeAnew(table, async () => {
    const now = nowOf(rest);
    if (seen === undefined) throw new Problem('not_signed_in');
    const { session } = seen;
    try {
      return await change(seen, now);
    } catch (error) {
      seen = await readAccountView(table, session, [`link_${flow.provider}`], now);
      throw error;
    }
  });
}

/** A link that came to nothing leaves its result with the session, and the identity check as it was. */
async function recordResult(dependencies: Dependencies, open: OpenFlow, result: FlowResult): Promise<void> {
  const { table, settings } = dependencies;
  await withView(dependencies, open, async (view, now) => {
    const lastFlow = resultOf(view, open.flow, result, now);
    if (lastFlow) await commit(table, stillSignedIn(table, view, { now, rules: settings.rules, lastFlow }));
  });
}

async function completeLink(
  dependencies: Dependencies,
  request: HttpRequest,
  open: OpenFlow,
): Promise<FlowResult> {
  const { flow, said, view, now } = open;
  const { provider } = flow;
  const purpose = `link_${provider}` as const;
  const { rules } = dependencies.settings;
  const requireAllowed = (seen: AccountView, at: EpochSeconds) => {
    requireActionPossible(seen, purpose, rules);
    return requireVerified(challengeOf(seen, purpose), seen.session.hash, at);
  };
  if (view === undefined) return 'not_signed_in';
  if (said.kind === 'denied') return 'denied';
  requireAllowed(view, now);
  const identity = await identify(dependencies, provider, said);
  return withView(dependencies, open, async (seen, at) => {
    requireAllowed(seen, at);
    const lastFlow = (result: FlowResult) => {
      const value = resultOf(seen, flow, result, at);
      return value && { lastFlow: value };
    };
    try {
      const challenge = consumeCheck(challengeOf(seen, purpose));
      await linkIdentity(dependencies, request, identity, {
        view: seen,
        now: at,
        challenge,
        ...lastFlow('linked'),
      });
      return 'linked';
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await recordConflict(dependencies, request, identity, error, {
        view: seen,
        now: at,
        ...lastFlow(error.code),
      });
      return error.code;
    }
  });
}

/** Links, and where it came to nothing leaves the reason with the session. */
async function linkOrSayWhy(
  dependencies: Dependencies,
  request: HttpRequest,
  open: OpenFlow,
): Promise<FlowResult> {
  const result = await completeLink(dependencies, request, open).catch((error: unknown) => {
    if (error instanceof Problem) return error.code;
    throw error;
  });
  const isRecorded =
    result === 'linked' || (result.startsWith('identity_') && result !== 'identity_check_required');
  if (!isRecorded && open.view !== undefined) await recordResult(dependencies, open, result);
  return result;
}

/**
 * Completes a flow. First the state, then the session, then the check; each is looked at before anything is asked of the
 * provider, and the state is used up before its code is spent.
 */
export async function completeCallback(
  dependencies: Dependencies,
  request: HttpRequest,
  provider: OAuthProviderName,
): Promise<CallbackOutcome> {
  const open = await openFlow(dependencies, request, provider);
  if (open === undefined) return { result: 'state_invalid' };
  const { flow, said } = open;
  try {
    if (flow.intent === 'link') return { flow, result: await linkOrSayWhy(dependencies, request, open) };
    if (said.kind === 'denied') return { flow, result: 'denied' };
    const identity = await identify(dependencies, provider, said);
    return { flow, ...(await signInByIdentity(dependencies, request, identity, flow)) };
  } catch (error) {
    if (error instanceof Problem) return { flow, result: error.code };
    dependencies.observer.count('Fault');
    dependencies.observer.error('fault', describeError(error));
    return { flow, result: 'unavailable' };
  }
}
