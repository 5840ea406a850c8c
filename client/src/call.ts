import { type Bearer, createBearer, type GetToken } from './bearer.ts';
import type { ServerClock } from './clock.ts';
import { Failure } from './failure.ts';
import { readFailure } from './read-failure.ts';

/** What is true of one call alone. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason, as `fetch` does. What was asked for may have been done. */
  readonly signal?: AbortSignal | undefined;
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
  /** How long an answer may take: 20 seconds without. */
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
 * A signal of one's own that ends with the caller's, or when patience does. By hand: `AbortSignal.any` and `timeout` are younger than the
 * oldest browsers that the page is made for.
 */
function bePatient(signal: AbortSignal | undefined, timeoutMillis: number) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMillis);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** What a call is answered with, and the time it took. */
interface Answered {
  readonly response: Response;
  readonly body: unknown;
  readonly sentAt: number;
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

  async function fetchJson(
    { method, path, body }: Request,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Answered> {
    const sentAt = localNow();
    const response = await fetch(`${apiOrigin}${path}`, {
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
    return { response, body: response.status === 204 ? undefined : await readJson(response), sentAt };
  }

  /** @throws Failure `no_answer`, `network_error`; the reason of the caller's signal */
  async function waitForAnswer(
    request: Request,
    token: string | undefined,
    callOptions: CallOptions,
  ): Promise<Answered> {
    const { signal, timeoutMillis = options.timeoutMillis ?? TIMEOUT_MILLIS } = callOptions;
    const patience = bePatient(signal, timeoutMillis);
    try {
      const answered = await fetchJson(request, token, patience.signal);
      // The answer's head may have come in time, and its body not.
      if (!patience.signal.aborted) return answered;
    } catch (cause) {
      if (!patience.signal.aborted) throw new Failure('network_error', {}, { cause });
    } finally {
      patience.end();
    }
    if (signal?.aborted) throw signal.reason;
    throw new Failure('no_answer');
  }

  async function send(
    request: Request,
    token: string | undefined,
    callOptions: CallOptions,
  ): Promise<unknown> {
    const { response, body, sentAt } = await waitForAnswer(request, token, callOptions);
    clock.observe(response.headers.get('date'), sentAt, localNow());
    if (response.ok) return body;
    throw readFailure(response.status, body, response.headers.get('retry-after'));
  }

  return async (request: Request, callOptions: CallOptions = {}): Promise<unknown> => {
    try {
      if (!bearer) return await send(request, undefined, callOptions);
      return await sendAsBearer(bearer, (token) => send(request, token, callOptions));
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_signed_in') onNotSignedIn?.();
      throw error;
    }
  };
}
