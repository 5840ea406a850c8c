import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { derivePhoneKeys, type PhoneKeys } from '../lib/linking/secrets.ts';
import { createSsmClient, PHONE_INDEX_KEYS, readSecrets, secretSource } from '../lib/secret-store.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { callerOf } from './dynamodb.ts';
import { type Environment, StartError, worldEnvironment } from './environment.ts';

/**
 * The keys that the ledger of phones is kept under: those of the service whose table the environment names, or of the local world.
 *
 * @throws StartError where they can't be read
 */
export async function readPhoneKeys(environment: Environment): Promise<PhoneKeys> {
  const isLocal = !environment['TABLE_NAME'];
  const source = secretSource(isLocal ? worldEnvironment(environment).api : environment);
  try {
    const createClient = () => createSsmClient(callerOf(new DynamoDBClient()));
    const secrets = await readSecrets(source, PHONE_INDEX_KEYS, createClient);
    return derivePhoneKeys(secrets.PHONE_INDEX_KEY, secrets.PHONE_INDEX_KEY_PREVIOUS);
  } catch (error) {
    if (error instanceof SettingsError)
      throw new StartError(`${error.message}\nSet SECRETS_PATH to where the service has its secrets in SSM.`);
    const { name, message } = error as Error;
    throw new StartError(`The secrets of the service can't be read (${name}: ${message || 'no answer'}).`);
  }
}
