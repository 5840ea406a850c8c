import { stat } from 'node:fs/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SingleBar } from 'cli-progress';
import { applyAccount } from '../lib/flows/apply-account.ts';
import { type AccountRecord, type OpenRecord, parseAccountRecord } from '../lib/linking/account-record.ts';
import { systemRandomness } from '../lib/linking/secrets.ts';
import { connectTable, createDynamoDBClient, type Table } from '../lib/table/client.ts';
import { localClient } from './dynamodb.ts';
import { type Environment, StartError, worldEnvironment } from './environment.ts';
import { fileLines, type Importer, importLines, type Summary } from './import-file.ts';

const USAGE = `Usage: npm run accounts -- import FILE

Imports accounts, one JSON object a line. Safe to run twice: what is there already is counted and left as it is.

Without TABLE_NAME it writes to the local world (npm start; DYNAMODB_PORT where that was moved). With TABLE_NAME it
writes to that table, with the region and credentials that the AWS SDK finds.`;

/** What a record is about besides its own account. */
const others = ({ account: { parentId }, methods }: OpenRecord): string[] => [
  ...(parentId === undefined ? [] : [`account ${parentId}`]),
  ...methods.map(({ provider, subject }) => `${provider} ${subject}`),
];

/** Writes into a table. */
export function tableImporter(table: Table): Importer<AccountRecord> {
  return {
    parse: parseAccountRecord,
    write: (record) => applyAccount({ table, clock: Date.now, random: systemRandomness }, record),
    topics: (record) => [
      `account ${record.accountId}`,
      ...(record.status === 'closed' ? [] : others(record)),
    ],
  };
}

interface Target {
  readonly table: Table;
  /** What to say where it does not answer. */
  readonly hint: string;
}

function target(environment: Environment): Target {
  const tableName = environment['TABLE_NAME'];
  const connect = (name: string, client: DynamoDBClient) => connectTable({ tableName: name, client });
  if (tableName) {
    const hint = `Are region and credentials right, and is there a table ${tableName}?`;
    return { table: connect(tableName, createDynamoDBClient()), hint };
  }
  const { settings, ports } = worldEnvironment(environment);
  const hint = `Does the local world run, with DynamoDB on port ${ports.dynamodb}? Start it by npm start, or set TABLE_NAME for a table on AWS.`;
  return { table: connect(settings.TABLE_NAME, localClient(settings.AWS_ENDPOINT_URL_DYNAMODB)), hint };
}

/** What was done, for people: rejected lines first, then the counts. */
export function report(summary: Summary): string {
  const { added, updated, unchanged, rejected } = summary;
  const reasons = rejected.map(({ line, reason }) => `line ${line}: ${reason}`);
  return [
    ...reasons,
    `${added} added, ${updated} updated, ${unchanged} already there, ${rejected.length} rejected`,
  ].join('\n');
}

/** An AWS or socket error in a few words. */
const words = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message || 'no answer'}` : String(error);

async function importFile(path: string, environment: Environment): Promise<number> {
  const { table, hint } = target(environment);
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (error) {
    throw new StartError(`${path} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '[{bar}] {percentage}%', clearOnComplete: true })
    : undefined;
  bar?.start(size, 0);
  let summary: Summary;
  try {
    const onProgress = (bytes: number) => bar?.update(bytes);
    summary = await importLines(fileLines(path), tableImporter(table), { onProgress });
  } catch (error) {
    throw new StartError(`${path} can't be read (${(error as NodeJS.ErrnoException).code ?? words(error)}).`);
  } finally {
    bar?.stop();
    table.documents.destroy();
  }
  console.log(report(summary));
  if ('failure' in summary) {
    throw new StartError(`Stopped before the end of the file: the table did not take a line (${words(summary.failure)}). ${hint}
What is written stays; run it again to go on.`);
  }
  return summary.rejected.length > 0 ? 1 : 0;
}

/** @returns the exit status: 0, 1 where something was rejected or could not be done, 2 for wrong arguments */
async function main(args: readonly string[], environment: Environment): Promise<number> {
  const [command, path, ...others] = args;
  if (command === '--help' || command === '-h') {
    console.log(USAGE);
    return 0;
  }
  if (command !== 'import' || !path || others.length > 0) {
    console.error(USAGE);
    return 2;
  }
  try {
    return await importFile(path, environment);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env);
