import type * as z from 'zod/mini';
import type {
  AccountAnswer,
  FlowBegunAnswer,
  HistoryPage,
  MethodRow,
  PreferencesAnswer,
  SentAnswer,
  SessionRow,
  SignInCodeSentAnswer,
  VerifiedAnswer,
} from '../../../lib/contract/answers.ts';
import type { HumanAnswer } from '../../../lib/linking/human-check.ts';
import type { OAuthProviderName, Provider, Purpose, WayIn } from '../../../lib/linking/identity.ts';
import { answers, parseAnswer, type UndoStory } from './answers.ts';
import type { Bearer } from './bearer.ts';
import type { ServerClock } from './clock.ts';
import { Failure } from './failure.ts';
import { readFailure } from './read-failure.ts';

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
  /** On a page of another site: what stands for the cookies, which the browser then neither sends nor keeps. */
  readonly bearer?: Bearer | undefined;
}

/** The contract, one method an endpoint. Every method rejects with a {@link Failure}, and with nothing else. */
export interface Client {
  readonly account: () => Promise<AccountAnswer>;
  readonly sendCheckCode: (purpose: Purpose) => Promise<SentAnswer>;
  readonly verifyCheckCode: (purpose: Purpose, code: string) => Promise<VerifiedAnswer>;
  readonly sendEmailCode: (email: string) => Promise<SentAnswer>;
  readonly linkEmail: (email: string, code: string) => Promise<MethodRow>;
  /** @param returnTo the page where the flow ends; the console's own without */
  readonly startOauth: (provider: OAuthProviderName, returnTo?: string) => Promise<FlowBegunAnswer>;
  /** Makes the link that a window has led to, which was begun by bearer. */
  readonly finishOauth: (provider: OAuthProviderName, flowId: string, code: string) => Promise<MethodRow>;
  readonly unlink: (provider: Provider) => Promise<void>;
  /** Lifts the suspension of a method. */
  readonly clear: (provider: WayIn) => Promise<void>;
  /** Suspends every method but the one that opened this session, and ends every other session. */
  readonly keepOnly: () => Promise<readonly MethodRow[]>;
  /** Shows a notice no more in this session. */
  readonly dismissNotice: (id: string) => Promise<void>;
  /** Where the account is signed in, newest first. */
  readonly sessions: () => Promise<readonly SessionRow[]>;
  readonly endSession: (id: string) => Promise<void>;
  /** What is left out stays as it is. */
  readonly setPreferences: (chosen: Partial<PreferencesAnswer>) => Promise<PreferencesAnswer>;
  /** All that is kept of the account, to be saved as it is. */
  readonly exportAccount: () => Promise<Readonly<Record<string, unknown>>>;
  /** Says of a notice that it wasn't the owner. It ends every session, this one included. */
  readonly disownNotice: (id: string) => Promise<UndoStory>;
  /** @param humanCheck the answer to the check that a `human_check_required` before asked for */
  readonly sendSignInCode: (email: string, humanCheck?: HumanAnswer) => Promise<SignInCodeSentAnswer>;
  readonly signIn: (challengeId: string, code: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Ends every session of the account, this one included. */
  readonly signOutEverywhere: () => Promise<void>;
  /** @param cursor `next` of the page before; the newest page without */
  readonly history: (cursor?: string) => Promise<HistoryPage>;
  /** What a "this wasn't me" link is about. None of the undo calls needs a session; the link's token is the right to it. */
  readonly showUndo: (token: string) => Promise<UndoStory>;
  readonly confirmUndo: (token: string) => Promise<UndoStory>;
  readonly sendUndoCode: (token: string) => Promise<SentAnswer>;
  /** @param only the method that is to be kept alone */
  readonly restoreUndo: (token: string, code: string, only?: WayIn) => Promise<UndoStory>;
  /** Where the browser itself has to go to sign in by WeChat or QQ. */
  readonly signInUrl: (provider: OAuthProviderName) => string;
}

type Request = readonly [method: string, path: string, body: Readonly<Record<string, unknown>> | undefined];

const TIMEOUT_MILLIS = 20_000;

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

export function createClient(options: ClientOptions): Client {
  const { bearer } = options;

  async function send(
    method: string,
    path: string,
    body: Readonly<Record<string, unknown>> | undefined,
    token: string | undefined,
  ): Promise<unknown> {
    const sentAt = options.localNow();
    const patience = new AbortController();
    // `AbortSignal.timeout` is younger than the oldest browsers that the page is made for.
    const timer = setTimeout(() => patience.abort(), options.timeoutMillis ?? TIMEOUT_MILLIS);
    let response: Response;
    let answer: unknown;
    try {
      response = await options.fetch(`${options.apiOrigin}${path}`, {
        method,
        credentials: bearer ? 'omit' : 'include',
        cache: 'no-store',
        headers: {
          'Accept-Language': options.language(),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(body ? { 'Content-Type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: patience.signal,
      });
      answer = response.status === 204 ? undefined : await readJson(response);
    } catch (cause) {
      throw new Failure(patience.signal.aborted ? 'no_answer' : 'network_error', {}, { cause });
    } finally {
      clearTimeout(timer);
    }
    // The answer's head may have come in time, and its body not.
    if (patience.signal.aborted) throw new Failure('no_answer');
    options.clock.observe(response.headers.get('date'), sentAt, options.localNow());
    if (response.ok) return answer;
    throw readFailure(response.status, answer, response.headers.get('retry-after'));
  }

  /** A request that was refused for its token has done nothing, and is sent once more with another one. */
  async function sendAsBearer(by: Bearer, ...request: Request): Promise<unknown> {
    const token = await by.token();
    try {
      return await send(...request, token);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'not_signed_in') throw error;
      const renewed = await by.renewed(token);
      if (renewed === token) throw error;
      return send(...request, renewed);
    }
  }

  async function call(method: string, path: string, body?: Request[2]): Promise<unknown> {
    try {
      return await (bearer ? sendAsBearer(bearer, method, path, body) : send(method, path, body, undefined));
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_signed_in') options.onNotSignedIn?.();
      throw error;
    }
  }

  const ask = async <Answer>(
    schema: z.ZodMiniType<Answer>,
    ...request: Parameters<typeof call>
  ): Promise<Answer> => parseAnswer(schema, await call(...request));

  return {
    account: () => ask(answers.account, 'GET', '/account'),
    sendCheckCode: (purpose) => ask(answers.codeSent, 'POST', '/otp/send', { purpose }),
    verifyCheckCode: (purpose, code) => ask(answers.verified, 'POST', '/otp/verify', { purpose, code }),
    sendEmailCode: (email) => ask(answers.codeSent, 'POST', '/links/email/send', { email }),
    linkEmail: async (email, code) =>
      (await ask(answers.linked, 'POST', '/links/email', { email, code })).method,
    startOauth: (provider, returnTo) =>
      ask(answers.flowBegun, 'POST', `/links/${provider}`, returnTo === undefined ? undefined : { returnTo }),
    finishOauth: async (provider, flowId, code) =>
      (await ask(answers.linked, 'POST', `/links/${provider}/finish`, { flowId, code })).method,
    unlink: async (provider) => {
      await call('DELETE', `/links/${provider}`);
    },
    clear: async (provider) => {
      await call('POST', `/links/${provider}/clear`);
    },
    keepOnly: async () => (await ask(answers.onlyKept, 'POST', '/account/only')).methods,
    dismissNotice: async (id) => {
      await call('DELETE', `/account/notices/${encodeURIComponent(id)}`);
    },
    sessions: async () => (await ask(answers.sessions, 'GET', '/sessions')).sessions,
    endSession: async (id) => {
      await call('DELETE', `/sessions/${encodeURIComponent(id)}`);
    },
    setPreferences: ({ language, notify }) =>
      ask(answers.preferences, 'PUT', '/account/preferences', {
        ...(language ? { language } : {}),
        ...(notify ? { notify } : {}),
      }),
    exportAccount: () => ask(answers.accountExport, 'GET', '/account/export'),
    disownNotice: (id) => ask(answers.undoStory, 'POST', `/account/notices/${encodeURIComponent(id)}/disown`),
    sendSignInCode: (email, humanCheck) =>
      ask(answers.signInCodeSent, 'POST', '/sign-in/email/send', {
        email,
        ...(humanCheck ? { humanCheck } : {}),
      }),
    signIn: async (challengeId, code) => {
      await call('POST', '/sign-in/email', { challengeId, code });
    },
    signOut: async () => {
      await call('DELETE', '/session');
    },
    signOutEverywhere: async () => {
      await call('DELETE', '/sessions');
    },
    history: (cursor) =>
      ask(
        answers.historyPage,
        'GET',
        `/account/history${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
      ),
    showUndo: (token) => ask(answers.undoStory, 'POST', '/undo/show', { token }),
    confirmUndo: (token) => ask(answers.undoStory, 'POST', '/undo', { token }),
    sendUndoCode: (token) => ask(answers.codeSent, 'POST', '/undo/code', { token }),
    restoreUndo: (token, code, only) =>
      ask(answers.undoStory, 'POST', '/undo/restore', { token, code, ...(only ? { only } : {}) }),
    signInUrl: (provider) => `${options.apiOrigin}/sign-in/${provider}?lang=${options.language()}`,
  };
}
