import type { FailureCode } from '../../../client/src/failure.ts';
import { lastLink, resultCode } from '../../../client/src/outcome.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { OAuthProviderName } from '../../../lib/linking/identity.ts';

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
