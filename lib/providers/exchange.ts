import {
  type OAuthProviderName,
  ProviderError,
  type ProviderFailureKind,
  type ProviderStep,
  type TransportFailure,
} from './provider.ts';
import type { Reply, ReplyOutcome } from './reply.ts';

/** More than any documented answer by far; what is larger is not from the service we think we talk to. */
const MAX_REPLY_BYTES = 64 * 1024;

/** What a known code means; where it depends on the call, apart for the code exchange and for the reads after it. */
export type Meaning = ProviderFailureKind | { token: ProviderFailureKind; read: ProviderFailureKind };

/** All a provider's codes, what an unlisted one means, and which ones say "busy, ask again". */
export interface Errcodes {
  known: ReadonlyMap<number, Meaning>;
  unknown(errcode: number): ProviderFailureKind;
  busy: ReadonlySet<number>;
}

/** One call: the request, and how to read its answer. `read` never throws. */
export interface Call<T> {
  step: ProviderStep;
  url: URL;
  read(reply: Reply): ReplyOutcome<T>;
}

type Failure = { kind: ProviderFailureKind; errcode: number | TransportFailure; retriable: boolean };
type Attempt<T> = { ok: true; value: T } | ({ ok: false } & Failure);

const unavailable = (errcode: TransportFailure, retriable = false): { ok: false } & Failure => ({
  ok: false,
  kind: 'unavailable',
  errcode,
  retriable,
});

export type Exchange = ReturnType<typeof openExchange>;

/**
 * The calls of one `identify`, within one time budget that starts here.
 *
 * `once` is for the code exchange; `twice` is for reads, which may be repeated: one more try after no answer at all,
 * a 5xx, or a code that says "busy". Both throw ProviderError. `orFailure` is `twice` for what can be done without.
 */
export function openExchange(
  provider: OAuthProviderName,
  errcodes: Errcodes,
  timeoutMilliseconds: number,
  fetch: typeof globalThis.fetch,
) {
  const signal = AbortSignal.timeout(timeoutMilliseconds);

  async function attempt<T>(call: Call<T>): Promise<Attempt<T>> {
    const reply = await get(call.url, signal, fetch);
    if (typeof reply === 'string') return unavailable(reply, reply === 'no_answer');
    const outcome = call.read(reply);
    // The body decides, not the status: both providers report failures with 200.
    if (!outcome.ok && outcome.errcode !== 'unreadable') {
      const { errcode } = outcome;
      return {
        ok: false,
        kind: classify(errcodes, errcode, call.step),
        errcode,
        retriable: errcodes.busy.has(errcode),
      };
    }
    if (reply.status !== 200) return unavailable(`http_${reply.status}`, reply.status >= 500);
    return outcome.ok ? outcome : unavailable('unreadable');
  }

  function settle<T>(step: ProviderStep, result: Attempt<T>): T {
    if (result.ok) return result.value;
    throw new ProviderError({ kind: result.kind, provider, step, errcode: result.errcode });
  }

  async function twice<T>(call: Call<T>): Promise<T> {
    const first = await attempt(call);
    return settle(call.step, first.ok || !first.retriable ? first : await attempt(call));
  }

  return {
    async once<T>(call: Call<T>): Promise<T> {
      return settle(call.step, await attempt(call));
    },
    twice,
    orFailure: <T>(call: Call<T>): Promise<T | ProviderError> =>
      twice(call).catch((error: unknown) => {
        if (error instanceof ProviderError) return error;
        throw error;
      }),
  };
}

function classify(errcodes: Errcodes, errcode: number, step: ProviderStep): ProviderFailureKind {
  const meaning = errcodes.known.get(errcode) ?? errcodes.unknown(errcode);
  if (typeof meaning === 'string') return meaning;
  return step === 'token' ? meaning.token : meaning.read;
}

/**
 * One GET. Redirects are refused, because the URL carries a secret or a token and must not be repeated elsewhere. The
 * body is UTF-8 whatever the content type says (WeChat: text/plain, QQ: text/html).
 */
async function get(
  url: URL,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<Reply | 'timeout' | 'no_answer' | 'too_large'> {
  try {
    signal.throwIfAborted();
    const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
    const bytes = await readCapped(response, signal);
    if (bytes === undefined) return 'too_large';
    return { status: response.status, text: new TextDecoder('utf-8').decode(bytes) };
  } catch {
    return signal.aborted ? 'timeout' : 'no_answer';
  }
}

/** The body, or undefined where it is larger than the cap. Throws where the body breaks off or the time is up. */
export async function readCapped(response: Response, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return Buffer.concat(chunks, size);
      size += value.byteLength;
      if (size > MAX_REPLY_BYTES) {
        stop();
        return undefined;
      }
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
