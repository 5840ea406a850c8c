import type { ServerClock } from './clock.ts';
import { Failure, readFailure } from './failure.ts';
import {
  parseAccount,
  parseLinked,
  parseOauthStart,
  parseSent,
  parseSignInChallenge,
  parseVerified,
} from './parse.ts';
import type {
  Account,
  Method,
  OauthProvider,
  OauthStart,
  Provider,
  Purpose,
  Sent,
  SignInChallenge,
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
  readonly sendSignInCode: (email: string) => Promise<SignInChallenge>;
  readonly signIn: (challengeId: string, code: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
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
    body?: Readonly<Record<string, string>>,
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
    sendSignInCode: async (email) =>
      parseSignInChallenge(await call('POST', '/sign-in/email/send', { email })),
    signIn: async (challengeId, code) => {
      await call('POST', '/sign-in/email', { challengeId, code });
    },
    signOut: async () => {
      await call('DELETE', '/session');
    },
    signInUrl: (provider) => `${options.apiOrigin}/sign-in/${provider}`,
  };
}
