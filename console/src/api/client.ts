import type { ServerClock } from './clock.ts';
import { Failure, readFailure } from './failure.ts';
import {
  parseAccount,
  parseHistory,
  parseLinked,
  parseOauthStart,
  parseSent,
  parseSignInChallenge,
  parseUndoStory,
  parseVerified,
} from './parse.ts';
import type {
  Account,
  HistoryPage,
  HumanAnswer,
  Method,
  OauthProvider,
  OauthStart,
  Provider,
  Purpose,
  Sent,
  SignInChallenge,
  UndoStory,
} from './types.ts';

export interface ClientOptions {
  /** Origin of the API, no slash at the end, e.g. `https://api.example.com`. */
  readonly apiOrigin: string;
  readonly fetch: typeof fetch;
  readonly clock: ServerClock;
  /** This machine's time in milliseconds, right or wrong. */
  readonly localNow: () => number;
  /** What `title` and `detail` should be in; sent as `Accept-Language`. */
  readonly language: () => string;
  /** Called once for every answer that says there is no session; the call then fails with `not_signed_in`. */
  readonly onNotSignedIn?: () => void;
  readonly timeoutMillis?: number;
}

/** The contract, one method an endpoint. Every method rejects with a {@link Failure}, and with nothing else. */
export interface Client {
  readonly account: () => Promise<Account>;
  readonly sendCheckCode: (purpose: Purpose) => Promise<Sent>;
  readonly verifyCheckCode: (purpose: Purpose, code: string) => Promise<{ readonly verifiedUntil: string }>;
  readonly sendEmailCode: (email: string) => Promise<Sent>;
  readonly linkEmail: (email: string, code: string) => Promise<Method>;
  readonly startOauth: (provider: OauthProvider) => Promise<OauthStart>;
  readonly unlink: (provider: Provider) => Promise<void>;
  /** @param humanCheck the answer to the check that a `human_check_required` before asked for */
  readonly sendSignInCode: (email: string, humanCheck?: HumanAnswer) => Promise<SignInChallenge>;
  readonly signIn: (challengeId: string, code: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Ends every session of the account, this one included. */
  readonly signOutEverywhere: () => Promise<void>;
  /** @param cursor `next` of the page before; the newest page without */
  readonly history: (cursor?: string) => Promise<HistoryPage>;
  /** What a "this wasn't me" link is about. None of the undo calls needs a session; the link's token is the right to it. */
  readonly showUndo: (token: string) => Promise<UndoStory>;
  readonly confirmUndo: (token: string) => Promise<UndoStory>;
  readonly sendUndoCode: (token: string) => Promise<Sent>;
  readonly restoreUndo: (token: string, code: string) => Promise<UndoStory>;
  /** Where the browser itself has to go to sign in by WeChat or QQ. */
  readonly signInUrl: (provider: OauthProvider) => string;
}

const TIMEOUT_MILLIS = 20_000;

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

export function createClient(options: ClientOptions): Client {
  async function call(
    method: string,
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const sentAt = options.localNow();
    let response: Response;
    try {
      response = await options.fetch(`${options.apiOrigin}${path}`, {
        method,
        credentials: 'include',
        cache: 'no-store',
        headers: {
          'Accept-Language': options.language(),
          ...(body ? { 'Content-Type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(options.timeoutMillis ?? TIMEOUT_MILLIS),
      });
    } catch (cause) {
      throw new Failure('network_error', {}, { cause });
    }
    options.clock.observe(response.headers.get('date'), sentAt, options.localNow());
    if (response.status === 204) return undefined;
    const answer = await readJson(response);
    if (response.ok) return answer;
    const failure = readFailure(response.status, answer, response.headers.get('retry-after'));
    if (failure.code === 'not_signed_in') options.onNotSignedIn?.();
    throw failure;
  }

  return {
    account: async () => parseAccount(await call('GET', '/account')),
    sendCheckCode: async (purpose) => parseSent(await call('POST', '/otp/send', { purpose })),
    verifyCheckCode: async (purpose, code) =>
      parseVerified(await call('POST', '/otp/verify', { purpose, code })),
    sendEmailCode: async (email) => parseSent(await call('POST', '/links/email/send', { email })),
    linkEmail: async (email, code) => parseLinked(await call('POST', '/links/email', { email, code })),
    startOauth: async (provider) => parseOauthStart(await call('POST', `/links/${provider}`)),
    unlink: async (provider) => {
      await call('DELETE', `/links/${provider}`);
    },
    sendSignInCode: async (email, humanCheck) =>
      parseSignInChallenge(
        await call('POST', '/sign-in/email/send', { email, ...(humanCheck ? { humanCheck } : {}) }),
      ),
    signIn: async (challengeId, code) => {
      await call('POST', '/sign-in/email', { challengeId, code });
    },
    signOut: async () => {
      await call('DELETE', '/session');
    },
    signOutEverywhere: async () => {
      await call('DELETE', '/sessions');
    },
    history: async (cursor) =>
      parseHistory(
        await call(
          'GET',
          `/account/history${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
        ),
      ),
    showUndo: async (token) => parseUndoStory(await call('POST', '/undo/show', { token })),
    confirmUndo: async (token) => parseUndoStory(await call('POST', '/undo', { token })),
    sendUndoCode: async (token) => parseSent(await call('POST', '/undo/code', { token })),
    restoreUndo: async (token, code) => parseUndoStory(await call('POST', '/undo/restore', { token, code })),
    signInUrl: (provider) => `${options.apiOrigin}/sign-in/${provider}`,
  };
}
