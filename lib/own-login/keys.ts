import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { readCapped } from '../providers/exchange.ts';

/** The keys of the company's login could not be read. It is made to be logged: `reason` is a word of ours, and holds nothing of the answer. */
export class OwnLoginError extends Error {
  override readonly name = 'OwnLoginError';
  readonly reason: string;

  constructor(reason: string) {
    super(`the keys of the company's login could not be read: ${reason}`);
    this.reason = reason;
  }
}

/** Where the keys are, and how long reading them may take. */
export interface KeysSettings {
  readonly url: string;
  readonly timeoutMilliseconds: number;
}

/** A key that was withdrawn opens sessions for so long at most. */
const KEPT_MILLISECONDS = 10 * 60 * 1000;
/**
 * Anybody can make up ids of keys. So often in a minute, for each process, the keys are read again for one that is unknown; beyond it the
 * keys that were read last are all there are.
 */
const SEARCHES_PER_MINUTE = 10;
const MINUTE_MILLISECONDS = 60 * 1000;

interface Held {
  readonly find: JWTVerifyGetKey;
  readonly readAt: number;
}

async function download({ url, timeoutMilliseconds }: KeysSettings, fetch: typeof globalThis.fetch) {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const response = await fetch(url, { redirect: 'error', signal, headers });
    return { status: response.status, bytes: await readCapped(response, signal) };
  } catch {
    // What fetch says of it holds the URL.
    throw new OwnLoginError(signal.aborted ? 'timeout' : 'no_answer');
  }
}

async function readKeys(settings: KeysSettings, fetch: typeof globalThis.fetch): Promise<JWTVerifyGetKey> {
  const { status, bytes } = await download(settings, fetch);
  if (bytes === undefined) throw new OwnLoginError('too_large');
  if (status !== 200) throw new OwnLoginError(`http_${status}`);
  try {
    return createLocalJWKSet(JSON.parse(new TextDecoder('utf-8').decode(bytes)));
  } catch {
    throw new OwnLoginError('unreadable');
  }
}

/**
 * The keys of the company's login (RFC 7517), kept for ten minutes, and read again once for a key that is not among them: it may be new.
 * jose's own `createRemoteJWKSet` does as much by the clock of the machine, and refuses every new key for half a minute after a read.
 *
 * @param clock milliseconds since 1970
 * @returns what finds the key of a token. It throws OwnLoginError if the keys can't be read: old ones are not gone by, since what was
 *   withdrawn would be good for as long as somebody keeps us from reading
 */
export function createKeys(
  settings: KeysSettings,
  fetch: typeof globalThis.fetch,
  clock: () => number,
): JWTVerifyGetKey {
  let held: Held | undefined;
  let reading: Promise<Held> | undefined;
  let searches: number[] = [];

  /** Whoever comes while they are read waits for the same answer. */
  function read(): Promise<Held> {
    reading ??= readKeys(settings, fetch)
      .then((find) => {
        held = { find, readAt: clock() };
        return held;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  /** @returns undefined if there are none but those that were looked through */
  async function search(lookedThrough: Held): Promise<Held | undefined> {
    if (held !== undefined && held !== lookedThrough) return held;
    if (reading) return reading;
    searches = searches.filter((at) => at > clock() - MINUTE_MILLISECONDS);
    if (searches.length >= SEARCHES_PER_MINUTE) return undefined;
    searches.push(clock());
    return read();
  }

  return async (header, token) => {
    const isFresh = held !== undefined && held.readAt > clock() - KEPT_MILLISECONDS;
    const present = held !== undefined && isFresh ? held : await read();
    try {
      return await present.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const other = await search(present);
      if (other === undefined) throw error;
      return other.find(header, token);
    }
  };
}
