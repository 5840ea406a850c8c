import { useCallback, useEffect, useRef, useState } from 'react';
import { listen } from '../../../client/src/channel.ts';
import type { Client } from '../../../client/src/client.ts';
import { asFailure } from '../../../client/src/failure.ts';
import { resultCode } from '../../../client/src/outcome.ts';
import { takeOver } from '../../../client/src/own-windows.ts';
import type { OAuthProviderName } from '../../../lib/linking/identity.ts';
import { keptFinish } from '../state/kept-finish.ts';
import { leaveToLink } from '../state/same-tab.ts';
import type { AccountStore } from '../state/use-account.ts';
import { advancedFlow, type FlowState } from './flow-result.ts';

const POLL_MILLIS = 2000;

export interface ProviderFlow {
  readonly state: FlowState;
  /** Send the window to the provider, with a new flow; without a window, say that it was blocked. */
  readonly start: (provider: OAuthProviderName, opened: Window | null) => Promise<void>;
  /** Go to the provider in this tab. */
  readonly startHere: (provider: OAuthProviderName) => Promise<void>;
  readonly reset: (state: FlowState) => void;
  /** Close the window, if it is still ours to close. */
  readonly abandon: () => void;
}

const READY: FlowState = { phase: 'ready' };

function failed(error: unknown): FlowState {
  const { code, retryAfterSeconds } = asFailure(error);
  return { phase: 'failed', code, retryAfterSeconds };
}

/**
 * A scan in a window of the provider's: started, waited for, and told by the account. By bearer it is finished here.
 *
 * @param resultPage the page of this origin where it ends; the service's own choice without
 */
export function useFlow(
  client: Client,
  store: AccountStore,
  provider: OAuthProviderName | null,
  resultPage?: string,
): ProviderFlow {
  const [state, setState] = useState<FlowState>(READY);
  const opened = useRef<Window | null>(null);
  const { account, reload } = store;

  const abandon = useCallback(() => {
    opened.current?.close();
    opened.current = null;
  }, []);

  const begin = useCallback(
    async (of: OAuthProviderName, go: (authorizeUrl: string) => void) => {
      setState({ phase: 'starting' });
      try {
        const flow = await client.beginLink({ provider: of, returnTo: resultPage });
        go(flow.authorizeUrl);
        setState({ phase: 'waiting', flowId: flow.flowId, expiresAt: flow.expiresAt });
      } catch (error) {
        abandon();
        setState(failed(error));
        await reload();
      }
    },
    [client, reload, abandon, resultPage],
  );

  const start = useCallback(
    async (of: OAuthProviderName, target: Window | null) => {
      opened.current = target;
      if (!target) setState({ phase: 'blocked' });
      else await begin(of, (url) => target.location.replace(url));
    },
    [begin],
  );

  const startHere = useCallback(
    (of: OAuthProviderName) =>
      begin(of, (url) => {
        leaveToLink();
        window.location.assign(url);
      }),
    [begin],
  );

  useEffect(() => {
    if (account && provider) setState((current) => advancedFlow(current, account, provider));
  }, [account, provider]);

  const finish = useCallback(
    async (of: OAuthProviderName, flowId: string, code: string) => {
      try {
        await client.finishLink({ provider: of, flowId, code });
        await reload();
      } catch (error) {
        // A lost answer may hide a success, which the account tells.
        await reload();
        setState((current) => (current.phase === 'waiting' ? failed(error) : current));
      }
    },
    [client, reload],
  );

  // This tab has been to the provider itself.
  const waitingFor = state.phase === 'waiting' ? state.flowId : undefined;
  useEffect(() => {
    const code = provider && waitingFor ? keptFinish(waitingFor) : undefined;
    if (provider && waitingFor && code) void finish(provider, waitingFor, code);
  }, [provider, waitingFor, finish]);

  // The page is left, say because the session has ended: the window has nobody to report to.
  useEffect(() => abandon, [abandon]);

  const waiting = provider !== null && state.phase === 'waiting';
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      if (opened.current?.closed)
        setState((current) => (current.phase === 'waiting' ? { ...current, isWindowClosed: true } : current));
      if (document.visibilityState === 'visible') void reload();
    }, POLL_MILLIS);
    // A callback whose state was refused belongs to no flow, so the account cannot tell of it: the window's word is
    // taken for why, and for nothing else.
    const stopListening = listen((heard) => {
      if (heard.type !== 'flow' || heard.provider !== provider) return;
      const finishing = heard.flowId === waitingFor ? takeOver(heard.finish) : undefined;
      if (finishing && heard.flowId) void finish(provider, heard.flowId, finishing);
      if (heard.flowId !== null) return;
      const code = resultCode(heard.result);
      if (code !== 'success')
        setState((current) => (current.phase === 'waiting' ? { phase: 'failed', code } : current));
    });
    return () => {
      clearInterval(timer);
      stopListening();
    };
  }, [waiting, waitingFor, provider, reload, finish]);

  return { state, start, startHere, reset: setState, abandon };
}
