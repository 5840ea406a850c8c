import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { SECRETS, type SecretName, type SecretSource, SettingsError, secretProblem } from './config.ts';

/**
 * The secrets a function needs and no others, so that its role need allow no others: from SSM SecureString parameters in one
 * call a cold start, or from the environment on a laptop.
 *
 * @throws SettingsError naming every one that is missing or malformed
 */
export async function readSecrets<Name extends SecretName>(
  source: SecretSource,
  names: readonly Name[],
  client = () => new SSMClient({}),
): Promise<Record<Name, string>> {
  const found = 'ssmPath' in source ? await readParameters(source.ssmPath, names, client()) : source.values;
  const problems = names.flatMap((name) => {
    const value = found[name];
    return value ? (secretProblem(name, value) ?? []) : `${name}: missing`;
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(names.map((name) => [name, found[name]])) as Record<Name, string>;
}

async function readParameters(
  path: string,
  names: readonly SecretName[],
  client: SSMClient,
): Promise<Partial<Record<SecretName, string>>> {
  if (names.length === 0) return {};
  const parameter = (name: SecretName) => `${path}/${SECRETS[name]}`;
  const reply = await client.send(
    new GetParametersCommand({ Names: names.map(parameter), WithDecryption: true }),
  );
  return Object.fromEntries(
    names.map((name) => [name, reply.Parameters?.find(({ Name }) => Name === parameter(name))?.Value]),
  );
}
