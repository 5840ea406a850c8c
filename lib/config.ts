import * as z from 'zod/mini';
import { HUMAN_CHECK_KINDS } from './linking/human-check.ts';
import { PROVIDERS } from './linking/identity.ts';
import type { Rules } from './linking/rules.ts';
import type { SpendingLimits } from './linking/spending.ts';

const HMAC_KEY_MIN = 32;

const text = z.string().check(z.minLength(1));

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value && /^https?:/.test(value);
}

const origin = z.string().check(z.refine(isOrigin, 'must be an origin such as https://console.example.com'));
const originOrEmpty = z
  .string()
  .check(z.refine((value) => value === '' || isOrigin(value), 'must be an origin, or empty'));
const callingCode = z.string().check(z.regex(/^[1-9]\d{0,14}$/, 'must be calling codes such as 86'));

/** A list in one variable, comma-separated; spaces around its members do not count. */
function list<T>(member: z.ZodMiniType<T>, min = 1) {
  const members = z.array(member).check(z.minLength(min));
  const split = z.transform((value: string) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  return z.pipe(z.pipe(z.string(), split), members as unknown as z.ZodMiniType<T[], string[]>);
}

/** A whole number in decimal digits, within bounds that keep the rules meaningful. */
function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  const digits = z.string().check(z.regex(/^\d{1,9}$/, message));
  return z.pipe(
    z.pipe(digits, z.transform(Number)),
    z.number().check(z.minimum(min, message), z.maximum(max, message)),
  );
}

/**
 * Every setting of the service, under its name in the environment. docs/settings.md says what each means; a test holds the two
 * together. Secrets are not among them: see `lib/secret-store.ts`.
 */
export const settingsSchema = z.object({
  TABLE_NAME: text,
  CONSOLE_ORIGINS: list(origin),
  API_ORIGIN: origin,
  BRAND_NAME: text,
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
  LINKABLE_PROVIDERS: list(z.enum(PROVIDERS), 0),
  MAIL_FROM: text,
  SMS_ORIGINATION_IDENTITY: text,
  SMS_PROTECT_CONFIGURATION_ID: z.string(),
  WECHAT_APP_ID: text,
  WECHAT_AUTHORIZE_URL: origin,
  WECHAT_API_URL: origin,
  QQ_APP_ID: text,
  QQ_AUTHORIZE_URL: origin,
  QQ_API_URL: origin,
  PROVIDER_TIMEOUT_MILLISECONDS: whole(100, 10_000),
  SMS_CODE_TTL_SECONDS: whole(1, 3600),
  MAIL_CODE_TTL_SECONDS: whole(1, 3600),
  CHECK_TTL_SECONDS: whole(1, 3600),
  FLOW_TTL_SECONDS: whole(1, 3600),
  CODE_ATTEMPTS: whole(1, 100),
  CODE_FAILURES_PER_DAY: whole(1, 1000),
  RESEND_SECONDS: whole(0, 3600),
  SENDS_PER_10_MINUTES: whole(1, 1000),
  SENDS_PER_DAY: whole(1, 1000),
  SENDS_PER_ACCOUNT_PER_DAY: whole(1, 1_000_000),
  SENDS_PER_IP_PER_HOUR: whole(1, 1_000_000),
  SMS_COUNTRIES: list(callingCode),
  SMS_PER_HOUR: whole(0, 1_000_000),
  SMS_PER_DAY: whole(0, 10_000_000),
  MAILS_PER_HOUR: whole(0, 1_000_000),
  MAILS_PER_DAY: whole(0, 10_000_000),
  NOTICES_PER_HOUR: whole(0, 1_000_000),
  NOTICES_PER_DAY: whole(0, 10_000_000),
  UNVERIFIED_RATIO_LIMIT: whole(0, 1000),
  HUMAN_CHECK: z.enum(['off', ...HUMAN_CHECK_KINDS]),
  HUMAN_CHECK_AFTER: whole(0, 1_000_000),
  HUMAN_CHECK_SITE_KEY: z.string(),
  HUMAN_CHECK_URL: originOrEmpty,
  TENCENT_SECRET_ID: z.string(),
  SESSION_IDLE_SECONDS: whole(1, 2_592_000),
  SESSION_MAX_SECONDS: whole(1, 2_592_000),
  COOLING_OFF_SECONDS: whole(0, 31_536_000),
  NOTIFY: z.enum(['all', 'mail', 'off']),
  EVENT_BUS_NAME: z.string(),
});

/** The secrets by their environment name (a laptop's) and their name below `SECRETS_PATH` in SSM (AWS's). */
export const SECRETS = {
  CODE_HMAC_KEY: 'code-hmac-key',
  WECHAT_APP_SECRET: 'wechat-app-secret',
  QQ_APP_SECRET: 'qq-app-secret',
  HUMAN_CHECK_SECRET: 'human-check-secret',
  TENCENT_SECRET_KEY: 'tencent-secret-key',
} as const;
export type SecretName = keyof typeof SECRETS;
export type HumanCheckSecret = 'HUMAN_CHECK_SECRET' | 'TENCENT_SECRET_KEY';

/** What a kind of human check can't do without, besides its site key. */
export const HUMAN_CHECK_SECRETS = {
  off: [],
  turnstile: ['HUMAN_CHECK_SECRET'],
  tencent: ['HUMAN_CHECK_SECRET', 'TENCENT_SECRET_KEY'],
} as const satisfies Record<string, readonly HumanCheckSecret[]>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a function's secrets are: an SSM path, or the environment itself. */
export type SecretSource = { readonly ssmPath: string } | { readonly values: Environment };

export interface Settings extends z.infer<typeof settingsSchema> {
  readonly rules: Rules;
  readonly spending: SpendingLimits;
  readonly secrets: SecretSource;
}

/** Every setting that is missing or malformed, one a line. It names settings, never their values. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The service can't start with these settings:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

const ALWAYS_SECRET = ['CODE_HMAC_KEY', 'WECHAT_APP_SECRET', 'QQ_APP_SECRET'] as const;

function humanCheckSecrets({ HUMAN_CHECK: kind }: Environment): readonly HumanCheckSecret[] {
  return kind === 'turnstile' || kind === 'tencent' ? HUMAN_CHECK_SECRETS[kind] : [];
}

function secretProblems(environment: Environment, names: readonly SecretName[]): string[] {
  if (environment['SECRETS_PATH']) return [];
  return names.flatMap((name) => {
    const value = environment[name];
    if (!value) return [`${name}: missing (or set SECRETS_PATH, to read secrets from SSM)`];
    return secretProblem(name, value) ?? [];
  });
}

/** What the human check that is chosen needs, and others do without. */
function humanCheckProblems(environment: Environment): string[] {
  const { HUMAN_CHECK: kind, HUMAN_CHECK_SITE_KEY: siteKey, TENCENT_SECRET_ID: secretId } = environment;
  if (kind === 'turnstile' && !siteKey)
    return ['HUMAN_CHECK_SITE_KEY: must be there where HUMAN_CHECK is turnstile'];
  if (kind !== 'tencent') return [];
  return [
    ...(/^\d{1,15}$/.test(siteKey ?? '')
      ? []
      : ['HUMAN_CHECK_SITE_KEY: must be a CaptchaAppId, digits, where HUMAN_CHECK is tencent']),
    ...(secretId ? [] : ['TENCENT_SECRET_ID: must be there where HUMAN_CHECK is tencent']),
  ];
}

/** @returns what is wrong with a secret, or undefined */
export function secretProblem(name: SecretName, value: string): string | undefined {
  const isShort = name === 'CODE_HMAC_KEY' && value.length < HMAC_KEY_MIN;
  return isShort ? `${name}: must have at least ${HMAC_KEY_MIN} characters` : undefined;
}

/** One line a setting that is wrong; of a secret or a value it says no more than its name. */
function problemsOf(issues: readonly z.core.$ZodIssue[], environment: Environment): string[] {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: ${environment[name] === undefined ? 'missing' : message}`;
  });
  return [...new Set(lines)];
}

/**
 * Checks the settings that are there, whatever else is missing: for a start that has defaults for the rest.
 *
 * @throws SettingsError naming all that are malformed at once
 */
export function checkGivenSettings(environment: Environment): void {
  const { error } = z.partial(settingsSchema).safeParse(environment);
  const given = (Object.keys(SECRETS) as SecretName[]).filter((name) => environment[name]);
  const checked = [...new Set([...given, ...humanCheckSecrets(environment)])];
  const problems = [
    ...problemsOf(error?.issues ?? [], environment),
    ...humanCheckProblems(environment),
    ...secretProblems(environment, checked),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}

/** Where the console is, even if other settings are wrong; undefined if that is not known. */
export function readConsoleOrigin(environment: Environment = process.env): string | undefined {
  return settingsSchema.shape.CONSOLE_ORIGINS.safeParse(environment['CONSOLE_ORIGINS']).data?.[0];
}

/**
 * Reads and checks all settings.
 *
 * @throws SettingsError naming all that are missing or malformed at once
 */
export function readSettings(environment: Environment = process.env): Settings {
  const parsed = settingsSchema.safeParse(environment);
  const problems = [
    ...problemsOf(parsed.error?.issues ?? [], environment),
    ...humanCheckProblems(environment),
    ...secretProblems(environment, [...ALWAYS_SECRET, ...humanCheckSecrets(environment)]),
  ];
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  const values = parsed.data;
  const ssmPath = environment['SECRETS_PATH'];
  return {
    ...values,
    secrets: ssmPath ? { ssmPath } : { values: environment },
    spending: {
      sendsPerAccountPerDay: values.SENDS_PER_ACCOUNT_PER_DAY,
      sendsPerIpPerHour: values.SENDS_PER_IP_PER_HOUR,
      smsCountries: values.SMS_COUNTRIES,
      smsPerHour: values.SMS_PER_HOUR,
      smsPerDay: values.SMS_PER_DAY,
      mailsPerHour: values.MAILS_PER_HOUR,
      mailsPerDay: values.MAILS_PER_DAY,
      noticesPerHour: values.NOTICES_PER_HOUR,
      noticesPerDay: values.NOTICES_PER_DAY,
      unverifiedRatioLimit: values.UNVERIFIED_RATIO_LIMIT,
    },
    rules: {
      linkableProviders: values.LINKABLE_PROVIDERS,
      smsCodeTtlSeconds: values.SMS_CODE_TTL_SECONDS,
      mailCodeTtlSeconds: values.MAIL_CODE_TTL_SECONDS,
      checkTtlSeconds: values.CHECK_TTL_SECONDS,
      flowTtlSeconds: values.FLOW_TTL_SECONDS,
      codeAttempts: values.CODE_ATTEMPTS,
      codeFailuresPerDay: values.CODE_FAILURES_PER_DAY,
      resendSeconds: values.RESEND_SECONDS,
      sendsPer10Minutes: values.SENDS_PER_10_MINUTES,
      sendsPerDay: values.SENDS_PER_DAY,
      sessionIdleSeconds: values.SESSION_IDLE_SECONDS,
      sessionMaxSeconds: values.SESSION_MAX_SECONDS,
      coolingOffSeconds: values.COOLING_OFF_SECONDS,
    },
  };
}
