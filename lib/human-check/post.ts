import type * as z from 'zod/mini';
import { readCapped } from '../providers/exchange.ts';
import { parseJson } from '../providers/reply.ts';
import { HumanCheckError } from './human-check.ts';

/** One POST of JSON; the answer is JSON of the schema's form, whatever its status. */
interface Post<T> {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly schema: z.ZodMiniType<T>;
}

/**
 * Asks once. Redirects are refused: what is sent holds a secret.
 *
 * @throws HumanCheckError `timeout`, `no_answer`, `too_large`, or `http_` and the status of an answer that is not of the form
 */
export async function post<T>(
  { url, body, headers, schema }: Post<T>,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<T> {
  const { status, text } = await exchange(url, body, { ...headers }, signal, fetch);
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new HumanCheckError(`http_${status}`);
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
  } catch {
    // What fetch says of it holds the URL, and may hold more.
    throw new HumanCheckError(signal.aborted ? 'timeout' : 'no_answer');
  }
  if (bytes === undefined) throw new HumanCheckError('too_large');
  return { status, text: new TextDecoder('utf-8').decode(bytes) };
}

export const JSON_TYPE = 'application/json; charset=utf-8';
