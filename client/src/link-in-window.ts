import { type Announcement, listen } from './channel.ts';
import type { Client } from './client.ts';
import type { FlowBegun, Method, OAuthProvider } from './contract.ts';
import { asFailure, Failure, type FailureCode } from './failure.ts';
import { lastLink, resultCode } from './outcome.ts';
import { takeOver } from './own-windows.ts';

export interface LinkInWindow {
  readonly provider: OAuthProvider;
  /** What `openProviderWindow` opened on the click. */
  readonly window: Window;
  /** The page of this origin where the window ends; the service's own choice without. It calls {@link reportOutcome}. */
  readonly returnTo?: string | undefined;
  /** Stops waiting, and closes the window. What is scanned by then may be linked all the same. */
  readonly signal?: AbortSignal | undefined;
  /** How often the account is looked at: every 2 seconds without. */
  readonly pollMillis?: number | undefined;
}

interface Visit extends FlowBegun, Pick<LinkInWindow, 'provider' | 'signal'> {
  readonly pollMillis: number;
}

type Heard = Extract<Announcement, { type: 'flow' }>;

const POLL_MILLIS = 2000;

/** Nothing is lost by looking again. */
const PASSING: readonly FailureCode[] = [
  'network_error',
  'no_answer',
  'throttled',
  'unavailable',
  'server_error',
];

const unlessPassing = (error: unknown): undefined => {
  if (!PASSING.includes(asFailure(error).code)) throw error;
};

/** What windows say of a visit, until it is over: each word once, or undefined after a while without one. */
function listenFor({ provider, flowId, signal, pollMillis }: Visit) {
  const heard: Heard[] = [];
  let wake: () => void = () => undefined;
  const stopListening = listen((said) => {
    // A state that was refused belongs to no flow.
    if (said.type !== 'flow' || said.provider !== provider || ![flowId, null].includes(said.flowId)) return;
    heard.push(said);
    wake();
  });
  const wakeUp = () => wake();
  signal?.addEventListener('abort', wakeUp);
  return {
    next: async (): Promise<Heard | undefined> => {
      if (heard.length === 0 && !signal?.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMillis);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      if (signal?.aborted) throw signal.reason;
      return heard.shift();
    },
    stop: () => {
      signal?.removeEventListener('abort', wakeUp);
      stopListening();
    },
  };
}

/** The method, if the account says that the visit has linked it. @throws Failure if it says that the visit failed */
async function findLinked(client: Client, { provider, flowId, signal }: Visit): Promise<Method | undefined> {
  const account = await client.showAccount({ signal }).catch(unlessPassing);
  const flow = account && lastLink(account, provider);
  if (!account || !flow?.result || flow.flowId !== flowId) return undefined;
  const code = resultCode(flow.result);
  if (code !== 'success') throw new Failure(code);
  return account.methods.find((method) => method.provider === provider);
}

/** Makes the link that a window of this tab has led to. Where the answer is lost, the account tells what came of it. */
async function finish(client: Client, visit: Visit, code: string): Promise<Method | undefined> {
  const { provider, flowId, signal } = visit;
  const linked = await client.finishLink({ provider, flowId, code }, { signal }).catch(unlessPassing);
  return linked?.method;
}

async function waitForLink(client: Client, visit: Visit): Promise<Method> {
  const windows = listenFor(visit);
  try {
    for (;;) {
      const heard = await windows.next();
      const code = heard?.flowId ? takeOver(heard.finish) : undefined;
      const method = (code && (await finish(client, visit, code))) || (await findLinked(client, visit));
      if (method) return method;
      const refusal = heard?.flowId === null ? resultCode(heard.result) : 'success';
      // The window's word is taken for why, and for nothing else.
      if (refusal !== 'success') throw new Failure(refusal);
      if (client.clock.now() >= Date.parse(visit.expiresAt)) throw new Failure('state_invalid');
    }
  } finally {
    windows.stop();
  }
}

/**
 * Links in a window of WeChat or QQ, after an identity check: sends it to the provider, waits until the account says what came of it, and
 * closes it. Where the session is a token, it finishes what the window has led to.
 *
 * @returns the method as it is now
 * @throws Failure why nothing was linked: a refusal of the contract, `denied`, or `state_invalid` where it took too long
 */
export async function linkInWindow(client: Client, options: LinkInWindow): Promise<Method> {
  const { provider, window: opened, returnTo, signal, pollMillis = POLL_MILLIS } = options;
  try {
    const flow = await client.beginLink({ provider, returnTo }, { signal });
    opened.location.replace(flow.authorizeUrl);
    return await waitForLink(client, { ...flow, provider, signal, pollMillis });
  } finally {
    opened.close();
  }
}
