import type { GetParametersCommandInput, GetParametersCommandOutput } from '@aws-sdk/client-ssm';
import { AwsClient, type AwsClientSettings } from './aws/client.ts';
import { ASIDE, SSM } from './aws/services.ts';
import { type HumanCheckSecret, humanCheckSecrets } from './human-check/settings.ts';
import { PROVIDERS, type Provider } from './linking/identity.ts';
import { deriveKeyId } from './linking/secrets.ts';
import { type SmsSecret, smsSecrets } from './messages/sms-settings.ts';
import { type ProviderSecret, providerSecrets } from './providers/enabled.ts';
import { parseSigningKey } from './session-assertions/signing-key.ts';
import type { Environment } from './setting-types.ts';
import { SettingsError } from './settings-error.ts';

const HMAC_KEY_MIN = 32;

export const HMAC_KEYS = ['CODE_HMAC_KEY', 'CODE_HMAC_KEY_PREVIOUS'] as const;
/** Of the ledger of phones. */
export const PHONE_INDEX_KEYS = ['PHONE_INDEX_KEY', 'PHONE_INDEX_KEY_PREVIOUS'] as const;
/** Each with the one that it is rotated from, or to. */
const ROTATED_KEYS = [HMAC_KEYS, PHONE_INDEX_KEYS] as const;
/** The one that signs, and the one before it, which is published as long as something that it signed may be shown. */
export const ASSERTION_KEYS = ['ASSERTION_KEY', 'ASSERTION_KEY_PREVIOUS'] as const;

export type SecretName =
  | (typeof ROTATED_KEYS)[number][number]
  | (typeof ASSERTION_KEYS)[number]
  | ProviderSecret
  | HumanCheckSecret
  | SmsSecret;

/** Every secret there can be, by its name in the environment. docs/settings.md says what each is; a test holds the two together. */
export const SECRETS: readonly SecretName[] = [
  ...ROTATED_KEYS.flat(),
  ...ASSERTION_KEYS,
  ...providerSecrets(PROVIDERS, {}),
  'HUMAN_CHECK_SECRET',
  'TENCENT_SECRET_KEY',
  'TENCENT_SMS_SECRET_KEY',
];

/** What a deployment may do without. */
const OPTIONAL: readonly SecretName[] = [...ROTATED_KEYS, ASSERTION_KEYS].map(([, previous]) => previous);

type Secrets = Readonly<Partial<Record<SecretName, string | undefined>>>;

/** Where a function's secrets are: an SSM path, or the environment itself. */
export type SecretSource = { readonly ssmPath: string } | { readonly values: Environment };

/** The name of a secret's parameter in SSM, below `SECRETS_PATH`: `code-hmac-key` for `CODE_HMAC_KEY`. */
export function parameterName(name: SecretName): string {
  return name.toLowerCase().replaceAll('_', '-');
}

export function secretSource(environment: Environment): SecretSource {
  const ssmPath = environment['SECRETS_PATH'];
  return ssmPath ? { ssmPath } : { values: environment };
}

/** The secrets of a deployment whose people sign in with these providers. */
export function neededSecrets(environment: Environment, enabled: readonly Provider[]): SecretName[] {
  return [
    ...ROTATED_KEYS.flat(),
    ...(environment['ASSERTION_AUDIENCES'] ? ASSERTION_KEYS : []),
    ...providerSecrets(enabled, environment),
    ...humanCheckSecrets(environment),
    ...smsSecrets(environment),
  ];
}

/** The secrets that the environment holds. */
export function givenSecrets(environment: Environment): SecretName[] {
  return SECRETS.filter((name) => environment[name]);
}

/** What is wrong with the secrets that the environment has to hold: with none of them, where they are in SSM. */
export function secretProblems(environment: Environment, names: readonly SecretName[]): string[] {
  if (environment['SECRETS_PATH']) return [];
  return listProblems(environment, names, 'missing (or set SECRETS_PATH, to read secrets from SSM)');
}

function listProblems(secrets: Secrets, names: readonly SecretName[], missing: string): string[] {
  return names.flatMap((name) => {
    const value = secrets[name];
    if (value) return secretProblem(name, value, secrets) ?? [];
    return OPTIONAL.includes(name) ? [] : [`${name}: ${missing}`];
  });
}

function secretProblem(name: SecretName, value: string, secrets: Secrets): string | undefined {
  if (ASSERTION_KEYS.some((key) => key === name))
    return parseSigningKey(value) ? undefined : `${name}: must be a private key of P-256, in PKCS#8 PEM`;
  const rotated = ROTATED_KEYS.find((names) => names.some((key) => key === name));
  if (rotated === undefined) return undefined;
  if (value.length < HMAC_KEY_MIN) return `${name}: must have at least ${HMAC_KEY_MIN} characters`;
  const [current, previous] = rotated;
  // By their ids, which tell what one has made from what the other has.
  const isSame = name === previous && deriveKeyId(value) === deriveKeyId(secrets[current] ?? '');
  return isSame ? `${name}: must be another key than ${current}` : undefined;
}

/** @param caller who asks and where, if not as the function's environment says */
export const createSsmClient = (caller: Pick<AwsClientSettings, 'region' | 'credentials'> = {}) =>
  new AwsClient(SSM, { ...ASIDE, ...caller });

/**
 * The secrets a function needs and no others, so that its role need allow no others: from SSM SecureString parameters in one
 * call a cold start, or from the environment on a laptop.
 *
 * @returns '' for one that the deployment does without
 * @throws SettingsError naming every one that is missing or malformed
 */
export async function readSecrets<Name extends SecretName>(
  source: SecretSource,
  names: readonly Name[],
  client: () => Pick<AwsClient, 'send'> = createSsmClient,
): Promise<Record<Name, string>> {
  const found = 'ssmPath' in source ? await readParameters(source.ssmPath, names, client()) : source.values;
  const problems = listProblems(found, names, 'missing');
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(names.map((name) => [name, found[name] ?? ''])) as Record<Name, string>;
}

async function readParameters(
  path: string,
  names: readonly SecretName[],
  client: Pick<AwsClient, 'send'>,
): Promise<Partial<Record<SecretName, string>>> {
  if (names.length === 0) return {};
  const parameter = (name: SecretName) => `${path}/${parameterName(name)}`;
  const { Parameters: found } = await client.send<GetParametersCommandOutput>('GetParameters', {
    Names: names.map(parameter),
    WithDecryption: true,
  } satisfies GetParametersCommandInput);
  return Object.fromEntries(
    names.map((name) => [name, found?.find(({ Name }) => Name === parameter(name))?.Value]),
  );
}
