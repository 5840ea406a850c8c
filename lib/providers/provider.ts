import type * as z from 'zod/mini';
import type { AppKind, OAuthProviderName } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import type { DeadEnd } from '../linking/user-agent.ts';

export type { OAuthProviderName };

/**
 * Who the provider says this person is at our app.
 *
 * `openid` names the person at `appId` only; `unionid`, where the provider gave one, names them at every app of the
 * same developer. Both are 1 to 128 visible ASCII characters without `:` and `#`, because they become parts of keys.
 * `nickname` is for display: NFC, 1 to 64 code points, no control or bidirectional formatting characters, never blank.
 *
 * Where the code exchange named the person and the profile could not be read, `profileFailure` says why: then `nickname` is a word for
 * anybody, and there may be a `unionid` that nothing told.
 */
export interface OAuthIdentity {
  provider: OAuthProviderName;
  appId: string;
  openid: string;
  unionid?: string;
  nickname: string;
  profileFailure?: ProviderError;
}

/**
 * - `start_over`: the code or the token made of it is used, expired, withdrawn or of another app; a new scan helps.
 * - `configuration`: app id, secret, permissions or callback domain are wrong; only an operator can help.
 * - `unavailable`: no answer, a time-out, busy, rate-limited, or an answer that makes no sense.
 * - `snapshot_user`: the provider showed a snapshot of our page, and made up a person for it.
 */
export type ProviderFailureKind = 'start_over' | 'configuration' | 'unavailable' | 'snapshot_user';

/** The call that failed: code for token, token for openid where that is a call of its own, token for profile. */
export type ProviderStep = 'token' | 'openid' | 'profile';

/** What went wrong where the provider gave no code of its own. */
export type TransportFailure =
  | 'timeout'
  | 'no_answer'
  | 'too_large'
  | 'unreadable'
  | 'mismatch'
  | 'snapshot'
  | `http_${number}`;

/**
 * The only thing `OAuthProvider.identify` throws. It is made to be logged whole: neither message nor fields nor stack
 * hold a code, token, secret, URL or openid, and there is no `cause`, because fetch puts the URL into its errors.
 *
 * `errcode` is a number where it is the provider's own code, else one of the words of `TransportFailure`.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderFailureKind;
  readonly provider: OAuthProviderName;
  readonly step: ProviderStep;
  readonly errcode?: number | string;

  constructor(failure: {
    kind: ProviderFailureKind;
    provider: OAuthProviderName;
    step: ProviderStep;
    errcode?: number | TransportFailure;
  }) {
    const code = failure.errcode === undefined ? '' : ` (${failure.errcode})`;
    super(`${failure.provider} failed at the ${failure.step} step: ${failure.kind}${code}`);
    this.kind = failure.kind;
    this.provider = failure.provider;
    this.step = failure.step;
    if (failure.errcode !== undefined) this.errcode = failure.errcode;
  }
}

/**
 * What the query of a callback says. Nothing in it is to be trusted before `state` was looked up.
 * - `denied`: the person refused, or closed the page in a way the provider tells us about.
 * - `malformed`: repeated or unusable parameters, or an error of the provider instead of a code; `state` is there
 *   where exactly one usable one came.
 */
export type CallbackResult =
  | { kind: 'code'; state: string; code: string }
  | { kind: 'denied'; state: string }
  | { kind: 'malformed'; state?: string };

/** One provider at one app. Requests are built and replies are read apart from each other, so each is testable alone. */
export interface OAuthProvider {
  readonly name: OAuthProviderName;
  /** The app for a browser of this User-Agent; without, every browser gets the website's. */
  chooseApp?(userAgent: string): { readonly app: AppKind } | { readonly deadEnd: DeadEnd };
  /** Where to send the browser. `state` comes back as it is; `redirectUri` is our callback for this provider. */
  authorizeUrl(input: { state: string; redirectUri: string; language: Language; app?: AppKind }): string;
  parseCallback(query: URLSearchParams): CallbackResult;
  /**
   * Spends the code and asks who came. The code exchange is tried exactly once, whatever it answers: a code works
   * once, so a second try can only turn an unknown outcome into "used".
   *
   * @param input.app the one that the browser was sent away with; the website's, where nothing else is said
   * @throws ProviderError and nothing else
   */
  identify(input: { code: string; redirectUri: string; app?: AppKind }): Promise<OAuthIdentity>;
}

/**
 * Our app at a provider, and where the provider is reached: other origins than the provider's own where stand-ins answer.
 * `timeoutMilliseconds` is for all calls of one `identify` together.
 */
export interface ProviderApp {
  appId: string;
  appSecret: string;
  authorizeOrigin: string;
  apiOrigin: string;
  timeoutMilliseconds: number;
}

/** What providers are made with besides settings of their own. */
export interface ProviderSettings {
  readonly PROVIDER_TIMEOUT_MILLISECONDS: number;
}

/** What a deployment has to know of a provider, and how the provider is made of it. */
export interface ProviderDefinition<Setting extends string, Secret extends string> {
  /** The settings it reads, by their names in the environment, and what each must be. */
  readonly settings: Readonly<Record<Setting, z.ZodMiniType<string>>>;
  /**
   * The secret of each of our apps, by the setting that has the app's id: where that is empty there is no such app, and no secret.
   * `infrastructure/roles.cjs` counts on their names: `WECHAT_APP_SECRET` for `wechat`, and so on.
   */
  readonly secrets: Readonly<Record<Secret, NoInfer<Setting>>>;
  readonly create: (
    settings: Readonly<Record<Setting, string>> & ProviderSettings,
    secrets: Readonly<Record<Secret, string>>,
    fetch: typeof globalThis.fetch,
  ) => OAuthProvider;
}

/** Keeps the names of settings and secret as types. */
export function defineProvider<Setting extends string, Secret extends string>(
  definition: ProviderDefinition<Setting, Secret>,
): ProviderDefinition<Setting, Secret> {
  return definition;
}
