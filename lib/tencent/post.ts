import type * as z from 'zod/mini';
import { readCapped } from '../providers/exchange.ts';
import { parseJson } from '../providers/reply.ts';

/** One POST of JSON; the answer is JSON of the schema's form, whatever its status. */
interface Post<T> {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly schema: z.ZodMiniType<T>;
}

/** No answer of the form that was asked for. Neither message nor stack holds anything of what was sent. */
export class PostError extends Error {
  override readonly name = 'PostError';
  /** `timeout`, `no_answer`, `too_large`, or `http_` and the status of an answer that is not of the form. */
  readonly reason: string;
  /** The system's, where there was no answer: such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  readonly syscall: string | undefined;

  constructor(reason: string, cause?: unknown) {
    super(`no answer: ${reason}`);
    this.reason = reason;
    this.code = readString(cause, 'code');
    this.syscall = readString(cause, 'syscall');
  }
}

const WELL_FORMED = /^\w{1,64}$/;

function readString(cause: unknown, key: 'code' | 'syscall'): string | undefined {
  const value: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, key) : undefined;
  return typeof value === 'string' && WELL_FORMED.test(value) ? value : undefined;
}

/**
 * Asks once. Redirects are refused: what is sent holds a secret.
 *
 * @throws PostError
 */
export async function post<T>(
  { url, body, headers, schema }: Post<T>,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<T> {
  const { status, text } = await exchange(url, body, { ...headers }, signal, fetch);
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new PostError(`http_${status}`);
  return parsed.data;
}

async function exchange(
  url: URL,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<{ status: number; text: string }> {
  let bytes: Uint8Array | undefined;
  let status: number;
  try {
    signal.throwIfAborted();
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': JSON_TYPE, accept: 'application/json', ...headers },
      redirect: 'error',
      signal,
    });
    status = response.status;
    bytes = await readCapped(response, signal);
  } catch (error) {
    // What fetch says of it holds the URL, and may hold more.
    throw signal.aborted
      ? new PostError('timeout')
      : new PostError('no_answer', error instanceof Error ? error.cause : undefined);
  }
  if (bytes === undefined) throw new PostError('too_large');
  return { status, text: new TextDecoder('utf-8').decode(bytes) };
}

export const JSON_TYPE = 'application/json; charset=utf-8';
