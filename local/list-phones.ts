import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { PhoneKeys } from '../lib/linking/secrets.ts';
import { parseAccount } from '../lib/table/accounts.ts';
import { commit, StaleView } from '../lib/table/client.ts';
import { accountHasPhone, phoneListed } from '../lib/table/phones.ts';
import { type Target, target } from './accounts.ts';
import { StartError } from './environment.ts';
import { readPhoneKeys } from './phone-keys.ts';

const USAGE = `Usage: npm run phones

Lists the phone of every account in the ledger that the support desk looks phones up in: once after an upgrade from a
release without it, and while PHONE_INDEX_KEY is rotated. It reads the whole table, once. Safe to run at any time, and
twice.

Without TABLE_NAME it works on the local world. With TABLE_NAME it works on that table, with the region and credentials
that the AWS SDK finds; the keys are read from SSM below SECRETS_PATH, or from the environment.`;

const WRITES_AT_ONCE = 16;

/**
 * Lists the phone of every account under the current key, and no longer under the previous one. An account whose phone changes at that moment
 * is listed by that change.
 *
 * @returns how many accounts are listed by it
 */
export async function listPhones(
  { client, table }: Pick<Target, 'client' | 'table'>,
  phoneKeys: PhoneKeys,
): Promise<number> {
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    {
      TableName: table.name,
      FilterExpression: 'sk = :profile AND attribute_exists(phone)',
      ExpressionAttributeValues: { ':profile': 'PROFILE' },
    },
  );
  let count = 0;
  for await (const { Items: items = [] } of pages)
    await pMap(
      items,
      async (item) => {
        const { accountId, phone } = parseAccount(item) ?? {};
        if (accountId === undefined || phone === undefined) return;
        try {
          const listed = phoneListed(table, phoneKeys, phone, accountId);
          await commit(table, [accountHasPhone(table, accountId, phone), ...listed]);
          count += 1;
        } catch (error) {
          if (!(error instanceof StaleView)) throw error;
        }
      },
      { concurrency: WRITES_AT_ONCE },
    );
  return count;
}

/** @returns the exit status: 0, 1 if it could not be done, 2 for wrong arguments */
async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    const isHelp = args[0] === '--help' || args[0] === '-h';
    (isHelp ? console.log : console.error)(USAGE);
    return isHelp ? 0 : 2;
  }
  try {
    const { client, table, hint } = target(process.env);
    const phoneKeys = await readPhoneKeys(process.env);
    try {
      console.log(`${await listPhones({ client, table }, phoneKeys)} accounts listed`);
      return 0;
    } catch (error) {
      const { name, message } = error as Error;
      throw new StartError(`The table did not take it (${name}: ${message || 'no answer'}). ${hint}`);
    } finally {
      table.documents.destroy();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
