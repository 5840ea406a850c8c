import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { OAuthProviderName } from '../lib/linking/identity.ts';
import { localTemplateIds } from './messages/tencent-templates.ts';
import type { RegisteredApp } from './providers/app.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Each port of the local world: the variable that moves it, and where it is without. */
export const PORTS = {
  console: { variable: 'CONSOLE_PORT', port: 3000 },
  api: { variable: 'API_PORT', port: 3001 },
  inbox: { variable: 'INBOX_PORT', port: 3002 },
  providers: { variable: 'PROVIDERS_PORT', port: 3003 },
  dynamodb: { variable: 'DYNAMODB_PORT', port: 3004 },
} as const;
export type PortName = keyof typeof PORTS;
export type Ports = Readonly<Record<PortName, number>>;

/** DynamoDB Local and the message stand-ins ask for credentials and take any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const LOCAL_REGION = 'ap-southeast-1';

/** Signs requests to the stand-ins only, so nothing real may be picked up from the environment of the person who runs the local world. */
const AWS = {
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
};
const NOT_INHERITED = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN', 'NODE_ENV'];

export interface WorldEnvironment {
  readonly ports: Ports;
  /** Every setting that the local world itself must know or has a default for, by its name in serverless.yml. */
  readonly settings: Readonly<Record<LocalSetting, string>>;
  /** What the API runs with: all that was given, the defaults where nothing was, and AWS credentials that open nothing. */
  readonly api: Readonly<Record<string, string>>;
  /** The longest that a message waits in a queue, whatever it was sent with. */
  readonly queueDelaySeconds: number;
  /** Whether to show all output of what is started. */
  readonly verbose: boolean;
}

/** A sentence for the person who typed the command; no stack trace helps with it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

function readPort(given: Environment, name: PortName): number {
  const { variable, port } = PORTS[name];
  const text = given[variable] || String(port);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65_535)
    throw new StartError(`${variable} must be a port, 1 to 65535, but is "${text}".`);
  return number;
}

/**
 * Reads the ports.
 *
 * @throws StartError naming the variable where one is no port, or two are the same
 */
export function readPorts(given: Environment): Ports {
  const names = Object.keys(PORTS) as PortName[];
  const ports = Object.fromEntries(names.map((name) => [name, readPort(given, name)])) as Record<
    PortName,
    number
  >;
  const seen = new Map<number, PortName>();
  for (const name of names) {
    const other = seen.get(ports[name]);
    if (other)
      throw new StartError(`${PORTS[other].variable} and ${PORTS[name].variable} are both ${ports[name]}.`);
    seen.set(ports[name], name);
  }
  return ports;
}

const QUEUE_DELAY_SECONDS = 5;

function readQueueDelay({ QUEUE_DELAY_SECONDS: text = '' }: Environment): number {
  if (text === '') return QUEUE_DELAY_SECONDS;
  if (!/^\d{1,3}$/.test(text))
    throw new StartError(`QUEUE_DELAY_SECONDS must be seconds, 0 to 999, but is "${text}".`);
  return Number(text);
}

/** Another one at each start: what a local world has signed is good for nothing once it is over. */
function generateSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const defaults = (ports: Ports, generateKey: () => string) => {
  const providers = `http://localhost:${ports.providers}`;
  return {
    TABLE_NAME: 'account-linking-local',
    CONSOLE_ORIGINS: `http://localhost:${ports.console}`,
    API_ORIGIN: `http://localhost:${ports.api}`,
    // Here too, for the page is built with the one and the start refuses what does not go with the other.
    SIGN_IN_PROVIDERS: 'email,wechat,qq',
    LINKABLE_PROVIDERS: 'email,wechat',
    WECHAT_APP_ID: 'wx0000000000000001',
    WECHAT_APP_SECRET: 'local-wechat-secret',
    WECHAT_MP_APP_ID: 'wx0000000000000002',
    WECHAT_MP_APP_SECRET: 'local-wechat-mp-secret',
    WECHAT_AUTHORIZE_URL: providers,
    WECHAT_API_URL: providers,
    QQ_APP_ID: '900000001',
    QQ_APP_SECRET: 'local-qq-secret',
    QQ_AUTHORIZE_URL: providers,
    QQ_API_URL: providers,
    // The sample console's backend vouches for those who sign in with the company's own login.
    TRUSTED_ISSUER: `http://localhost:${ports.console}/sample`,
    TRUSTED_JWKS_URL: `http://localhost:${ports.console}/sample/jwks.json`,
    TRUSTED_AUDIENCE: '',
    MAIL_FROM: 'no-reply@account-linking.example',
    MAIL_CONFIGURATION_SET: 'account-linking-local',
    // AWS's stand-in has a short code for China; a sender id would reach no number there.
    SMS_ORIGINATION_IDENTITY: '',
    SMS_PROTECT_CONFIGURATION_ID: '',
    // Used where SMS_ROUTES names tencent.
    TENCENT_SMS_URL: `http://127.0.0.1:${ports.inbox}`,
    TENCENT_SMS_SECRET_ID: 'local-tencent-id',
    TENCENT_SMS_SECRET_KEY: 'local-tencent-key',
    TENCENT_SMS_APP_ID: '1400000001',
    TENCENT_SMS_SIGN_NAME: '示例云',
    TENCENT_SMS_TEMPLATES: localTemplateIds(),
    // All who use a laptop's world come from one address, and often as one account.
    SENDS_PER_ACCOUNT_PER_DAY: '1000000',
    MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY: '1000000',
    SENDS_PER_IP_PER_HOUR: '1000000',
    SIGN_INS_PER_IP_PER_HOUR: '1000000',
    UNDO_CODES_PER_IP_PER_HOUR: '1000000',
    // The demo phones are one range of numbers: a few who try it out would be taken for somebody who pumps codes.
    UNVERIFIED_RATIO_LIMIT: '0',
    // Linking and unlinking once takes four codes to one phone: somebody who tries it out does so more than once in ten minutes.
    SENDS_PER_10_MINUTES: '20',
    // Empty: the secrets are here and not in SSM.
    SECRETS_PATH: '',
    CODE_HMAC_KEY: generateKey(),
    ASSERTION_AUDIENCES: 'https://gateway.example.com',
    ASSERTION_KEY: generateSigningKey(),
    // The same in every run: an import, which is a program of its own, lists phones under it too.
    PHONE_INDEX_KEY: 'local-phone-index-key-of-this-machine',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${ports.dynamodb}`,
    AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: `http://127.0.0.1:${ports.inbox}`,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${ports.inbox}/events`,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${ports.inbox}/queue`,
    NOTICE_QUEUE_URL: `http://127.0.0.1:${ports.inbox}/queue/DeferredNotices`,
  };
};
export type LocalSetting = keyof ReturnType<typeof defaults>;

/**
 * All that the local world runs with. What is given wins over every default, an empty text included.
 *
 * @param given the environment of `npm start`
 * @param generateKey makes CODE_HMAC_KEY where none is given: another one for each run
 * @throws StartError where a port or QUEUE_DELAY_SECONDS is malformed
 */
export function worldEnvironment(
  given: Environment,
  generateKey = () => randomBytes(32).toString('base64url'),
): WorldEnvironment {
  const ports = readPorts(given);
  const inherited = Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.includes(entry[0]),
    ),
  );
  const merged = { ...defaults(ports, generateKey), ...inherited };
  const names = Object.keys(defaults(ports, () => '')) as LocalSetting[];
  const settings = Object.fromEntries(names.map((name) => [name, merged[name]])) as Record<
    LocalSetting,
    string
  >;
  const verbose = !['', '0', undefined].includes(given['VERBOSE']);
  return { ports, settings, api: { ...merged, ...AWS }, queueDelaySeconds: readQueueDelay(given), verbose };
}

/** The bus of the local world: that of the setting, by its name if it is an ARN. */
export const localBusName = ({ EVENT_BUS_NAME: name }: Environment): string =>
  (name || 'default').replace(/^.*\//, '');

/** The service's app at each provider, as the stand-ins are to know it. */
export function registeredApps(
  settings: WorldEnvironment['settings'],
): Record<OAuthProviderName, RegisteredApp> {
  const callbackDomain = new URL(settings.API_ORIGIN).hostname;
  const { WECHAT_APP_ID, WECHAT_APP_SECRET, QQ_APP_ID, QQ_APP_SECRET } = settings;
  const { WECHAT_MP_APP_ID: appId, WECHAT_MP_APP_SECRET: appSecret } = settings;
  const inApp = appId === '' ? {} : { inApp: { appId, appSecret } };
  return {
    wechat: { appId: WECHAT_APP_ID, appSecret: WECHAT_APP_SECRET, callbackDomain, ...inApp },
    qq: { appId: QQ_APP_ID, appSecret: QQ_APP_SECRET, callbackDomain },
  };
}
