import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { type OAuthProviderName, PROVIDERS, type Provider } from '../../../lib/linking/identity.ts';
import { type FailureCode, isFailureCode } from '../api/failure.ts';

/** Where a scan stands. `resuming` is told from the account after a reload; the others come about on the page. */
export type FlowState =
  | { readonly phase: 'ready' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'blocked' }
  | {
      readonly phase: 'waiting';
      readonly flowId: string;
      readonly expiresAt: string | null;
      /** The window looks closed; a provider's page may have cut it off from this one, so that waiting goes on. */
      readonly isWindowClosed?: boolean;
    }
  | { readonly phase: 'failed'; readonly code: FailureCode; readonly retryAfterSeconds?: number | undefined };

/** What `/oauth-result` was called with. Never trusted: it says when to look and, where nothing else can, why. */
export interface Outcome {
  readonly provider: Provider | null;
  readonly intent: string | null;
  readonly flowId: string | null;
  readonly result: string;
}

/** `confirm` is one of the window: what comes of it, the page finds out that has opened it. */
const SUCCESSES: readonly string[] = ['linked', 'replaced', 'signed_in', 'confirm'];

/** A result the page has words for; of anything else nobody knows what it changed. */
export function resultCode(result: string): FailureCode | 'success' {
  if (SUCCESSES.includes(result)) return 'success';
  return isFailureCode(result) ? result : 'server_error';
}

export function parseOutcome(search: string): Outcome {
  const query = new URLSearchParams(search);
  const result = query.get('result') ?? 'state_invalid';
  return {
    provider: PROVIDERS.find((provider) => provider === query.get('provider')) ?? null,
    // Only signing in is refused for that before it has begun, and with no flow to name.
    intent: query.get('intent') ?? (result === 'quota_exceeded' ? 'sign_in' : null),
    flowId: query.get('flow'),
    result,
  };
}

/** What the session's last visit to the provider came to, as far as the account says; undefined where it says nothing of it. */
function lastLink(account: AccountAnswer, provider: OAuthProviderName) {
  const flow = account.lastFlow;
  return flow && flow.provider === provider && flow.intent !== 'sign_in' ? flow : undefined;
}

/** The state of a scan whose dialog is opened again after a reload, or after a visit to the provider in this tab. */
export function resumedFlow(
  account: AccountAnswer,
  provider: OAuthProviderName,
  hint: string | undefined,
): FlowState {
  const flow = lastLink(account, provider);
  const code = flow?.result ? resultCode(flow.result) : hint && resultCode(hint);
  if (code && code !== 'success') return { phase: 'failed', code };
  return flow && flow.result === null
    ? { phase: 'waiting', flowId: flow.flowId, expiresAt: null }
    : { phase: 'ready' };
}

/** The state of a scan after the account was read anew: it fails when its own flow did, and by no other one. */
export function advancedFlow(
  state: FlowState,
  account: AccountAnswer,
  provider: OAuthProviderName,
): FlowState {
  if (state.phase !== 'waiting') return state;
  const flow = lastLink(account, provider);
  if (!flow?.result || flow.flowId !== state.flowId) return state;
  const code = resultCode(flow.result);
  return code === 'success' ? state : { phase: 'failed', code };
}
