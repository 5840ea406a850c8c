import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { readSettings, settingsSchema } from '../lib/config.ts';
import { parseEmail } from '../lib/linking/email.ts';
import { type Environment, whole } from '../lib/setting-types.ts';
import { SettingsError } from '../lib/settings-error.ts';

const ROOT = join(import.meta.dirname, '..');

const matching = (pattern: RegExp, message: string) => z.string().check(z.regex(pattern, message));
const domain = matching(
  /^(?:(?:[a-z\d-]+\.)+[a-z]{2,})?$/,
  'must be a domain such as api.example.com, or empty',
);
const arn = (service: string) =>
  matching(new RegExp(`^(?:arn:aws[\\w-]*:${service}:.+)?$`), `must be an ARN of ${service}, or empty`);
const addressOrEmpty = z
  .string()
  .check(
    z.refine(
      (value) => value === '' || parseEmail(value) === value,
      'must be an address such as canary@example.com, in lower case, or empty',
    ),
  );
const name = matching(/^[\w-]{1,64}$/, 'must be letters, digits, - and _');

/** The settings of the stacks themselves, which no function reads. docs/settings.md says what each means; a test holds the two together. */
export const stackSchema = z.object({
  STATE: name,
  KMS_KEY_ARN: arn('kms'),
  API_DOMAIN: domain,
  API_CERTIFICATE_ARN: arn('acm'),
  THROTTLE_REQUESTS_PER_SECOND: whole(1, 100_000),
  THROTTLE_BURST: whole(1, 100_000),
  STREAM_PARALLELIZATION: whole(1, 10),
  STREAM_RESERVED_CONCURRENCY: matching(
    /^(?:[1-9]\d{0,3})?$/,
    'must be a whole number from 1 to 9999, or empty',
  ),
  CONSOLE_DOMAIN: domain,
  EDGE_CERTIFICATE_ARN: arn('acm'),
  EDGE_SECRET_ID: z.string(),
  WEB_ACL_ARN: arn('wafv2'),
  ALARM_TOPIC_ARN: arn('sns'),
  TRACING: z.enum(['off', 'on'], 'must be off or on'),
  CANARY_ADDRESS: addressOrEmpty,
  CANARY_RULE_SET: name,
});
export type StackSettings = Readonly<Record<keyof typeof stackSchema.shape, string>>;

/** What the page is built with besides. */
const PAGE_SETTINGS = ['REGISTER_URL', 'TERMS_URL', 'PRIVACY_URL'];

/** The settings of functions, by their names. */
const SERVICE_SETTINGS = [...Object.keys(settingsSchema().shape), 'SECRETS_PATH'];

/** Every setting that there is. */
export const SETTINGS: readonly string[] = [
  ...SERVICE_SETTINGS,
  ...Object.keys(stackSchema.shape),
  ...PAGE_SETTINGS,
];

/** Every value as it is written: an app ID is text, whatever its digits; a list is what its members are, comma-separated. */
const readYaml = (text: string) => {
  const document = parseDocument(text, { schema: 'failsafe' });
  const [error] = document.errors;
  if (error) throw new SettingsError([error.message.split('\n')[0] ?? 'is no YAML']);
  return document.toJS() as unknown;
};

const fileSchema = z.nullish(z.record(z.string(), z.union([z.string(), z.array(z.string())])));

/**
 * What `settings/<stage>.yml` says; nothing where there is no such file.
 *
 * @throws SettingsError naming the file, and all that is wrong in it at once
 */
export function readStageFile(stage: string, folder = ROOT): Record<string, string> {
  const file = `settings/${stage}.yml`;
  const path = join(folder, 'settings', `${stage}.yml`);
  if (!existsSync(path)) return {};
  try {
    const parsed = fileSchema.safeParse(readYaml(readFileSync(path, 'utf8')));
    if (!parsed.success) throw new SettingsError(['must be NAME: value, a line each']);
    const unknown = Object.keys(parsed.data ?? {}).filter((key) => !SETTINGS.includes(key));
    if (unknown.length > 0) throw new SettingsError(unknown.map((key) => `${key}: there is no such setting`));
    return Object.fromEntries(
      Object.entries(parsed.data ?? {}).map(([key, value]) => [key, [value].flat().join(',')]),
    );
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(error.problems.map((problem) => `${file}: ${problem}`));
  }
}

/** `${env:NAME, self:custom.settings.NAME, 'default'}`, or with something of the stack for a default. */
const DEFAULT = /^\$\{env:\w+, self:custom\.settings\.\w+, (?:'(?<text>.*)'|self:.*)\}$/;

/** What the stack fills in: any text will do for those who only want to read the rest. */
const OF_STACK = 'the stack’s';

/** The defaults of some settings. */
function defaultsIn(values: Readonly<Record<string, string>>, stage: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const { text = OF_STACK } = DEFAULT.exec(value)?.groups ?? {};
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as the framework writes it
      return [key, text.replaceAll('${sls:stage}', stage)];
    }),
  );
}

/** What serverless.yml gives the functions, and infrastructure/stack-settings.yml the stacks, where nothing is said. */
export function defaultSettings(stage: string): Record<string, string> {
  const read = (file: string) => parseDocument(readFileSync(join(ROOT, file), 'utf8')).toJS();
  const { provider } = read('serverless.yml') as { provider: { environment: Record<string, string> } };
  return {
    ...defaultsIn(provider.environment, stage),
    ...defaultsIn(read('infrastructure/stack-settings.yml') as Record<string, string>, stage),
  };
}

/** All settings of a deployment, as the framework finds them: the environment, then the stage's file, then the defaults. */
export function deployedEnvironment(stage: string, environment: Environment): Record<string, string> {
  const given = Object.entries({ ...readStageFile(stage), ...environment });
  const ours = given.filter(
    (entry): entry is [string, string] => entry[1] !== undefined && SETTINGS.includes(entry[0]),
  );
  return { ...defaultSettings(stage), ...Object.fromEntries(ours) };
}

/** What stands for a value that only the operator knows. */
const PLACEHOLDER = /\bexample\.(?:com|org|net)\b|\.example\b|^wx0+$|^EXAMPLE$|^Example /;
const PLACEHOLDER_OF: Readonly<Record<string, string>> = { QQ_APP_ID: '100000000' };
/** An app is needed of those providers only that people sign in with. */
const APP_SETTING = /^(?<provider>WECHAT|QQ)_/;

/** The settings that still hold a placeholder. */
export function placeholders(environment: Environment): string[] {
  const providers = (environment['SIGN_IN_PROVIDERS'] ?? '').toUpperCase();
  return Object.entries(environment).flatMap(([key, value = '']) => {
    const { provider } = APP_SETTING.exec(key)?.groups ?? {};
    if (provider !== undefined && !providers.includes(provider)) return [];
    const isLeft = PLACEHOLDER.test(value) || PLACEHOLDER_OF[key] === value;
    return isLeft ? [`${key}: "${value}" is a placeholder`] : [];
  });
}

/** What of the settings does not go together. */
function contradictions(environment: Environment): string[] {
  const given = (key: string) => environment[key] ?? '';
  const problems: string[] = [];
  const demand = (isMet: boolean, problem: string) => void (isMet || problems.push(problem));
  const apiDomain = given('API_DOMAIN');
  const consoleDomain = given('CONSOLE_DOMAIN');
  const isBehindEdge = given('CLIENT_IP') === 'cloudfront';
  if (apiDomain !== '') {
    demand(given('API_CERTIFICATE_ARN') !== '', 'API_CERTIFICATE_ARN: must be there where API_DOMAIN is');
    demand(
      given('API_ORIGIN') === `https://${apiDomain}`,
      `API_ORIGIN: must be https://${apiDomain}, as API_DOMAIN is`,
    );
  }
  if (isBehindEdge) {
    demand(apiDomain !== '', 'API_DOMAIN: must be there where CLIENT_IP is cloudfront');
    demand(given('EDGE_SECRET_ID') !== '', 'EDGE_SECRET_ID: must be there where CLIENT_IP is cloudfront');
  }
  if (consoleDomain !== '')
    demand(
      given('CONSOLE_ORIGINS')
        .split(',')
        .some((origin) => origin.trim() === `https://${consoleDomain}`),
      `CONSOLE_ORIGINS: must have https://${consoleDomain}, as CONSOLE_DOMAIN is`,
    );
  if (consoleDomain !== '' || isBehindEdge)
    demand(
      given('EDGE_CERTIFICATE_ARN').includes(':us-east-1:'),
      'EDGE_CERTIFICATE_ARN: must be there, of us-east-1, for CloudFront',
    );
  return problems;
}

/** Whether a stage is one that is packaged to try it, with nothing set. */
export const isForTrial = (stage: string): boolean => stage === 'dev' || stage === 'local';

/**
 * Checks the settings of a deployment.
 *
 * @param environment all of them
 * @param options.isForReal whether placeholders are wrong, too
 * @throws SettingsError naming all that are wrong at once
 */
export function checkSettings(
  environment: Environment,
  { isForReal }: { readonly isForReal: boolean },
): void {
  const problems = contradictions(environment);
  const { error } = stackSchema.safeParse(environment);
  problems.push(...(error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}`));
  if (!environment['SECRETS_PATH'])
    problems.push('SECRETS_PATH: must not be empty: on AWS, secrets are in SSM');
  try {
    readSettings({ ...environment, SECRETS_PATH: environment['SECRETS_PATH'] || '/' });
  } catch (failure) {
    if (!(failure instanceof SettingsError)) throw failure;
    problems.push(...failure.problems);
  }
  if (isForReal) problems.push(...placeholders(environment));
  if (problems.length > 0) throw new SettingsError(problems);
}
