import { OAUTH_PROVIDERS } from '../../lib/linking/identity.ts';
import type { Account, Flow, OAuthProvider } from './contract.ts';
import { type FailureCode, isFailureCode } from './failure.ts';

/** What the page was called with where a flow ends. Never trusted: it says when to look and, where nothing else can, why. */
export interface Outcome {
  readonly provider: OAuthProvider | null;
  readonly intent: string | null;
  readonly flowId: string | null;
  readonly result: string;
}

/** `confirm` is one of the window: what comes of it, the page finds out that has opened it. */
const SUCCESSES: readonly string[] = ['linked', 'replaced', 'signed_in', 'confirm'];

/** A known result; of anything else nobody knows what it changed. */
export function resultCode(result: string): FailureCode | 'success' {
  if (SUCCESSES.includes(result)) return 'success';
  return isFailureCode(result) ? result : 'server_error';
}

/** @param search the query of that page, as `location.search` has it */
export function parseOutcome(search: string): Outcome {
  const query = new URLSearchParams(search);
  const result = query.get('result') ?? 'state_invalid';
  return {
    provider: OAUTH_PROVIDERS.find((provider) => provider === query.get('provider')) ?? null,
    // Only signing in is refused for that before it has begun, and with no flow to name.
    intent: query.get('intent') ?? (result === 'quota_exceeded' ? 'sign_in' : null),
    flowId: query.get('flow'),
    result,
  };
}

/** The session's last visit to the provider, as far as the account tells; undefined where it was none to link. */
export function lastLink({ lastFlow }: Pick<Account, 'lastFlow'>, provider: OAuthProvider): Flow | undefined {
  return lastFlow && lastFlow.provider === provider && lastFlow.intent !== 'sign_in' ? lastFlow : undefined;
}
