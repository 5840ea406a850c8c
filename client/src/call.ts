import { type Bearer, createBearer, type GetToken } from './bearer.ts';
import type { ServerClock } from './clock.ts';
import { Failure } from './failure.ts';
import { readFailure } from './read-failure.ts';

/** What is true of one call alone. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason, as `fetch` does. What was asked for may have been done. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, instead of the client's `timeoutMillis`. */
  readonly timeoutMillis?: number | undefined;
}

export interface ClientOptions {
  /** Origin of the API, no slash at the end, e.g. `https://api.example.com`. */
  readonly apiOrigin: string;
  /** For pages of another site, and for servers: what stands for the cookies, which the browser then neither sends nor keeps. */
  readonly getToken?: GetToken | undefined;
  /** What the texts of problems should be in, and the pages of WeChat and QQ: `zh-CN` or `en`. The browser's choice without. */
  readonly language?: (() => string) | undefined;
  /** Called for every answer that says there is no session; the call then fails with `not_signed_in`. */
  readonly onNotSignedIn?: (() => void) | undefined;
  /** How long a call may take, and `getToken` with it: 20 seconds without. */
  readonly timeoutMillis?: number | undefined;
  /** Another one than the global one: with a jar of cookies, say. */
  readonly fetch?: typeof fetch | undefined;
  /** This machine's time in milliseconds, right or wrong. */
  readonly localNow?: (() => number) | undefined;
}

/** One request of the contract. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

const TIMEOUT_MILLIS = 20_000;

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/**
 * What comes of some work, unless the caller's signal ends before, or patience. By hand: `AbortSignal.any` and `timeout` are younger than
 * the oldest browsers that the page is made for.
 *
 * @param work is given a signal that ends with either
 * @throws Failure `no_answer`; the reason of the caller's signal
 */
async function waitFor<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { signal, timeoutMillis = TIMEOUT_MILLIS }: CallOptions,
): Promise<Result> {
  if (signal?.aborted) throw signal.reason;
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    stop = () => end(signal?.reason);
    timer = setTimeout(() => end(new Failure('no_answer')), timeoutMillis);
  });
  signal?.addEventListener('abort', stop);
  try {
    return await Promise.race([ended, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** A request that was refused for its token has done nothing, and is sent once more with another one. */
async function sendAsBearer<Answer>(
  bearer: Bearer,
  send: (token: string) => Promise<Answer>,
): Promise<Answer> {
  const token = await bearer.token();
  try {
    return await send(token);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not_signed_in') throw error;
    const renewed = await bearer.renewed(token);
    if (renewed === token) throw error;
    return send(renewed);
  }
}

/**
 * What sends requests, and reads what comes back as an answer or a {@link Failure}.
 *
 * @param localNow milliseconds
 */
export function createCaller(options: ClientOptions, clock: ServerClock, localNow: () => number) {
  const { apiOrigin, language, onNotSignedIn } = options;
  const bearer = options.getToken && createBearer(options.getToken);
  // Looked up at each call: a page may have replaced it by then.
  const fetch: typeof globalThis.fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));

  function fetchAnswer(
    { method, path, body }: Request,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    return fetch(`${apiOrigin}${path}`, {
      method,
      credentials: bearer ? 'omit' : 'include',
      cache: 'no-store',
      headers: {
        ...(language && { 'Accept-Language': language() }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal,
    });
  }

  /** @throws Failure a refusal, or `network_error` */
  async function send(request: Request, token: string | undefined, signal: AbortSignal): Promise<unknown> {
    const sentAt = localNow();
    let response: Response;
    try {
      response = await fetchAnswer(request, token, signal);
    } catch (cause) {
      throw new Failure('network_error', {}, { cause });
    }
    const body = response.status === 204 ? undefined : await readJson(response);
    clock.observe(response.headers.get('date'), sentAt, localNow());
    if (response.ok) return body;
    throw readFailure(response.status, body, response.headers.get('retry-after'));
  }

  return async (request: Request, callOptions: CallOptions = {}): Promise<unknown> => {
    const { signal: callerSignal, timeoutMillis = options.timeoutMillis } = callOptions;
    const perform = (signal: AbortSignal) =>
      bearer
        ? sendAsBearer(bearer, (token) => send(request, token, signal))
        : send(request, undefined, signal);
    try {
      return await waitFor(perform, { signal: callerSignal, timeoutMillis });
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_signed_in') onNotSignedIn?.();
      throw error;
    }
  };
}
