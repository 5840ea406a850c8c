import * as z from 'zod/mini';
import { humanCheckProblems, humanCheckSecrets, humanCheckSettings } from './human-check/settings.ts';
import { isCompanyUrl } from './linking/company-url.ts';
import { PROVIDERS, type Provider } from './linking/identity.ts';
import { type Rules, UNDO_SECONDS } from './linking/rules.ts';
import type { SpendingLimits } from './linking/spending.ts';
import { parseSender } from './messages/sender.ts';
import { smsProblems, smsSecrets, smsSettings } from './messages/sms-settings.ts';
import { ownLoginProblems, ownLoginSettings } from './own-login/settings.ts';
import { providerSettings } from './providers/enabled.ts';
import {
  givenSecrets,
  neededSecrets,
  type SecretSource,
  secretProblems,
  secretSource,
} from './secret-store.ts';
import { type Environment, list, origin, text, whole } from './setting-types.ts';
import { SettingsError } from './settings-error.ts';

const callingCode = z.string().check(z.regex(/^[1-9]\d{0,14}$/, 'must be calling codes such as 86'));
const smsCountries = list(callingCode);

const provider = z.enum(PROVIDERS, `must be a list of ${PROVIDERS.join(', ')}`);
const helpUrl = z
  .string()
  .check(z.refine(isCompanyUrl, 'must be a URL such as https://www.example.com/help, or mailto:, or empty'));
const mailFrom = z
  .string()
  .check(
    z.refine(
      (from) => parseSender(from) !== undefined,
      'must be an address such as no-reply@example.com, or Example <no-reply@example.com>, with its domain in lower case and a name of at most 64 characters',
    ),
  );
/** https://docs.aws.amazon.com/ses/latest/APIReference/API_ConfigurationSet.html */
const mailConfigurationSet = z
  .string()
  .check(z.regex(/^[\w-]{0,64}$/, 'must be the name of a configuration set of SES, or empty'));
const signInProviders = list(provider);
const consoleOrigins = list(origin);
const linkableProviders = list(provider, 0);
const secretHash = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, 'must be SHA-256 hashes, 64 digits of hex each'));
const audiences = list(z.string().check(z.minLength(1), z.maxLength(256)), 0);

/**
 * Every setting of the service, under its name in the environment. docs/settings.md says what each means; a test holds the two
 * together. Secrets are not among them: see `lib/secret-store.ts`.
 *
 * @param enabled the providers whose own settings have to be there
 */
export const settingsSchema = (enabled: readonly Provider[] = PROVIDERS) =>
  z.object({
    TABLE_NAME: text,
    CONSOLE_ORIGINS: consoleOrigins,
    API_ORIGIN: origin,
    BRAND_NAME: text,
    HELP_URL: helpUrl,
    LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    SIGN_IN_PROVIDERS: signInProviders,
    LINKABLE_PROVIDERS: linkableProviders,
    MAIL_FROM: mailFrom,
    MAIL_CONFIGURATION_SET: mailConfigurationSet,
    ...smsSettings,
    ...providerSettings((provider) => enabled.includes(provider)),
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
    MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY: whole(1, 1_000_000),
    SENDS_PER_IP_PER_HOUR: whole(1, 1_000_000),
    SIGN_INS_PER_IP_PER_HOUR: whole(1, 1_000_000),
    UNDO_CODES_PER_IP_PER_HOUR: whole(1, 1_000_000),
    SMS_COUNTRIES: smsCountries,
    SMS_PER_HOUR: whole(0, 1_000_000),
    SMS_PER_DAY: whole(0, 10_000_000),
    MAILS_PER_HOUR: whole(0, 1_000_000),
    MAILS_PER_DAY: whole(0, 10_000_000),
    NOTICES_PER_HOUR: whole(0, 1_000_000),
    NOTICES_PER_DAY: whole(0, 10_000_000),
    UNVERIFIED_RATIO_LIMIT: whole(0, 1000),
    ...humanCheckSettings,
    ...ownLoginSettings,
    ASSERTION_AUDIENCES: audiences,
    SESSION_IDLE_SECONDS: whole(1, 2_592_000),
    SESSION_MAX_SECONDS: whole(1, 2_592_000),
    COOLING_OFF_SECONDS: whole(0, 31_536_000),
    // No longer than a link to undo is good, by which a method on probation is kept or taken away.
    PROBATION_SECONDS: whole(0, UNDO_SECONDS),
    NOTIFY: z.enum(['all', 'mail', 'off']),
    CLIENT_IP: z.enum(['gateway', 'cloudfront']),
    EDGE_SECRET_HASHES: list(secretHash, 0),
    EVENT_BUS_NAME: z.string(),
    ACCOUNT_EVENTS_SOURCE: text,
    NOTICE_QUEUE_URL: text,
  });

export interface Settings extends z.infer<ReturnType<typeof settingsSchema>> {
  readonly rules: Rules;
  readonly spending: SpendingLimits;
  readonly secrets: SecretSource;
}

/** One line a setting that is wrong; of a secret or a value it says no more than its name. */
function describeIssues(issues: readonly z.core.$ZodIssue[], environment: Environment): string[] {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: ${environment[name] === undefined ? 'missing' : message}`;
  });
  return [...new Set(lines)];
}

/** Without a secret, everybody could say whose address they come from. */
function edgeProblems({ CLIENT_IP: by, EDGE_SECRET_HASHES: hashes }: Environment): string[] {
  if (by !== 'cloudfront' || hashes) return [];
  return ['EDGE_SECRET_HASHES: must be there where CLIENT_IP is cloudfront'];
}

/** The providers that people sign in with; all of them where the setting is no list of any. */
function enabledProviders({ SIGN_IN_PROVIDERS: names }: Environment): readonly Provider[] {
  return signInProviders.safeParse(names).data ?? PROVIDERS;
}

/** What is wrong with settings that others make needed. */
const problemsTogether = (environment: Environment): string[] => [
  ...smsProblems(environment, smsCountries.safeParse(environment['SMS_COUNTRIES']).data ?? []),
  ...humanCheckProblems(environment),
  ...ownLoginProblems(environment),
  ...edgeProblems(environment),
];

/**
 * Checks the settings that are there, whatever else is missing: for a start that has defaults for the rest.
 *
 * @throws SettingsError naming all that are malformed at once
 */
export function checkGivenSettings(environment: Environment): void {
  const enabled = enabledProviders(environment);
  const { error } = z.partial(settingsSchema(enabled)).safeParse(environment);
  const needed = [...humanCheckSecrets(environment), ...smsSecrets(environment)];
  const checked = [...new Set([...givenSecrets(environment), ...needed])];
  const problems = [
    ...describeIssues(error?.issues ?? [], environment),
    ...problemsTogether(environment),
    ...secretProblems(environment, checked),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}

/** Where the consoles are, the first one first, even if other settings are wrong; none if that is not known. */
export function readConsoleOrigins(environment: Environment = process.env): readonly string[] {
  return consoleOrigins.safeParse(environment['CONSOLE_ORIGINS']).data ?? [];
}

/**
 * Reads and checks all settings, and those secrets that are in the environment.
 *
 * @throws SettingsError naming all that are missing or malformed at once
 */
export function readSettings(environment: Environment = process.env): Settings {
  const enabled = enabledProviders(environment);
  const parsed = settingsSchema(enabled).safeParse(environment);
  const problems = [
    ...describeIssues(parsed.error?.issues ?? [], environment),
    ...problemsTogether(environment),
    ...secretProblems(environment, neededSecrets(environment, enabled)),
  ];
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  const values = parsed.data;
  return {
    ...values,
    secrets: secretSource(environment),
    spending: {
      sendsPerAccountPerDay: values.SENDS_PER_ACCOUNT_PER_DAY,
      mailAddressesPerAccountPerDay: values.MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY,
      sendsPerIpPerHour: values.SENDS_PER_IP_PER_HOUR,
      signInsPerIpPerHour: values.SIGN_INS_PER_IP_PER_HOUR,
      undoCodesPerIpPerHour: values.UNDO_CODES_PER_IP_PER_HOUR,
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
      signInProviders: values.SIGN_IN_PROVIDERS,
      // A link that can't be signed in with would be of no use.
      linkableProviders: values.LINKABLE_PROVIDERS.filter((provider) => enabled.includes(provider)),
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
      probationSeconds: values.PROBATION_SECONDS,
    },
  };
}
