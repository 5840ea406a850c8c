import { parseArgs } from 'node:util';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connectTable, type Table } from '../lib/table/client.ts';
import { connectionOf, localClient } from './dynamodb.ts';
import {
  type Environment,
  LOCAL_CREDENTIALS,
  LOCAL_REGION,
  localBusName,
  StartError,
  worldEnvironment,
} from './environment.ts';
import { type Ending, importFile, summaryLine } from './import/import-file.ts';
import { ProgressDisplay } from './import/progress.ts';
import { FORMATS, type Format } from './import/rows.ts';
import { openSource } from './import/source.ts';
import { tableImporter } from './import/table-importer.ts';
import { parkedUrl } from './messages/queue.ts';
import { readPhoneKeys } from './phone-keys.ts';
import { redrive } from './redrive.ts';
import { redriveRecords } from './redrive-records.ts';

const USAGE = `Usage: npm run accounts -- import FILE [--format ndjson|csv] [--rejects FILE]
       npm run accounts -- redrive [--dry-run] [--queue URL [--bus NAME]]
       npm run accounts -- redrive [--dry-run] --records BUCKET

Imports accounts of any number: NDJSON, one JSON object a line, or CSV, whose first line names the columns. FILE is - for
standard input. What ends in .csv is CSV; --format says otherwise. Safe to run twice: what is there already is counted
and left as it is; a line with a newer revision updates it. An import that was interrupted is gone on with by the same command.

--rejects FILE gets each line that was rejected, as it was, below a note of why. Mend it and import it.

Without TABLE_NAME it writes to the local world (npm start; DYNAMODB_PORT where that was moved). With TABLE_NAME it
writes to that table, with the region and credentials that the AWS SDK finds; PHONE_INDEX_KEY, under which phones are
listed, is read from SSM below SECRETS_PATH, or from the environment.

redrive sends the account events that are parked again, and takes each out of the queue once the bus has it; --dry-run
only lists them. Without --queue it does so in the local world. --queue is the address of the stack's queue
ParkedAccountEvents, --bus the name or ARN of the bus they came by, by default that of the account. With --records it hands
what the functions on the table's stream could not handle to them once more, from the bucket UndeliverableRecords of the
state's stack.`;

const INTERRUPTED = 130;

export interface Target {
  readonly client: DynamoDBClient;
  readonly table: Table;
  /** What to say if it does not answer. */
  readonly hint: string;
}

/** The table that the environment names; that of the local world where it names none. */
export function target(environment: Environment): Target {
  const tableName = environment['TABLE_NAME'];
  const connect = (name: string, client: DynamoDBClient, hint: string, endpoint?: string): Target => ({
    client,
    table: connectTable({ tableName: name, connection: connectionOf(client, endpoint) }),
    hint,
  });
  if (tableName) {
    const hint = `Are region and credentials right, and is there a table ${tableName}?`;
    return connect(tableName, new DynamoDBClient(), hint);
  }
  const { settings, ports } = worldEnvironment(environment);
  const hint = `Does the local world run, with DynamoDB on port ${ports.dynamodb}? Start it by npm start, or set TABLE_NAME for a table on AWS.`;
  const endpoint = settings.AWS_ENDPOINT_URL_DYNAMODB;
  return connect(settings.TABLE_NAME, localClient(endpoint), hint, endpoint);
}

/** An AWS or socket error in a few words. */
const words = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message || 'no answer'}` : String(error);

/**
 * Names a table and, since one may have been made anew under its name, when it was made. Those who may write into it need not be allowed to ask.
 *
 * @throws StartError where it does not answer
 */
async function nameTable({ client, table: { name }, hint }: Target): Promise<string> {
  try {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return `${table?.TableArn} ${table?.CreationDateTime?.toISOString()}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return name;
    throw new StartError(`The table does not answer (${words(error)}). ${hint}`);
  }
}

/** Ends what goes on, once somebody asks for it; a terminal and npm may both pass the same wish on. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** What to do about an import that ended before its end. */
const goOn = ({ canGoOn }: Ending): string =>
  canGoOn
    ? 'What is written stays, and the same command goes on from there.'
    : 'What is written stays: run it again, and it is counted as unchanged.';

interface ImportArguments {
  readonly path: string;
  readonly format: Format;
  readonly rejects: string | undefined;
}

async function runImport(
  { path, format, rejects }: ImportArguments,
  environment: Environment,
): Promise<number> {
  const to = target(environment);
  try {
    const signal = interruption();
    const source = await openSource(path, signal);
    const table = await nameTable(to);
    const display = new ProgressDisplay(source.file?.size);
    const importer = tableImporter(to.table, await readPhoneKeys(environment));
    const note = (text: string) => console.error(text);
    const ending = await importFile({ source, format, importer, table, rejects, display, signal, note });
    console.log(summaryLine(ending));
    if (rejects && ending.rejected > 0) console.error(`The rejected lines are in ${rejects}.`);
    if ('failure' in ending)
      throw new StartError(
        `Stopped after line ${ending.line}: ${words(ending.failure)}. ${to.hint}\n${goOn(ending)}`,
      );
    if (ending.isInterrupted) {
      console.error(`Interrupted after line ${ending.line}. ${goOn(ending)}`);
      return INTERRUPTED;
    }
    return ending.rejected > 0 ? 1 : 0;
  } finally {
    to.table.documents.destroy();
  }
}

interface RedriveArguments {
  readonly isDryRun: boolean;
  readonly queueUrl: string | undefined;
  readonly busName: string | undefined;
}

/** The queue and the bus of AWS, or those of the local world. */
function redriveTarget({ queueUrl, busName = 'default' }: RedriveArguments, environment: Environment) {
  if (queueUrl) {
    const hint = 'Are region, credentials and the address of the queue right?';
    return { queue: new SQSClient(), queueUrl, bus: new EventBridgeClient(), busName, hint };
  }
  const { settings, ports, api } = worldEnvironment(environment);
  const local = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return {
    queue: new SQSClient({ ...local, endpoint: settings.AWS_ENDPOINT_URL_SQS }),
    queueUrl: parkedUrl(settings.NOTICE_QUEUE_URL),
    bus: new EventBridgeClient({ ...local, endpoint: settings.AWS_ENDPOINT_URL_EVENTBRIDGE }),
    busName: localBusName(api),
    hint: `Does the local world run, with its inbox on port ${ports.inbox}? Start it by npm start, or name a queue on AWS by --queue.`,
  };
}

async function runRedriveRecords(bucket: string, isDryRun: boolean): Promise<number> {
  const files = new S3Client();
  const functions = new LambdaClient();
  const signal = interruption();
  try {
    const { found, sent } = await redriveRecords({
      files,
      bucket,
      functions,
      isDryRun,
      print: console.log,
      signal,
    });
    console.log(isDryRun ? `${found} kept` : `${sent} of ${found} taken`);
    if (signal.aborted) return INTERRUPTED;
    return isDryRun || sent === found ? 0 : 1;
  } catch (error) {
    throw new StartError(
      `Stopped: ${words(error)}. Are region, credentials and the name of the bucket right?\nWhat was not taken is still there.`,
    );
  }
}

async function runRedrive(given: RedriveArguments, environment: Environment): Promise<number> {
  const { hint, ...to } = redriveTarget(given, environment);
  const { isDryRun } = given;
  const signal = interruption();
  try {
    const { found, sent } = await redrive({ ...to, isDryRun, print: console.log, signal });
    console.log(isDryRun ? `${found} parked` : `${sent} of ${found} sent again`);
    if (signal.aborted) return INTERRUPTED;
    return isDryRun || sent === found ? 0 : 1;
  } catch (error) {
    throw new StartError(`Stopped: ${words(error)}. ${hint}\nWhat was not sent is still parked.`);
  } finally {
    to.queue.destroy();
    to.bus.destroy();
  }
}

const isFormat = (text: string): text is Format => (FORMATS as readonly string[]).includes(text);

type Run = (environment: Environment) => Promise<number>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const IMPORT_OPTIONS = { format: text, rejects: text };
const REDRIVE_OPTIONS = { 'dry-run': flag, queue: text, bus: text, records: text };

/** @throws TypeError for options that there are not */
function readImport(args: readonly string[]): Run | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: IMPORT_OPTIONS,
    allowPositionals: true,
  });
  const [path, ...others] = positionals;
  if (!path || others.length > 0) return undefined;
  const format = values.format ?? (path.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson');
  if (!isFormat(format)) return undefined;
  return (environment) => runImport({ path, format, rejects: values.rejects }, environment);
}

/** @throws TypeError for options that there are not */
function readRedrive(args: readonly string[]): Run | undefined {
  const { values } = parseArgs({ args: [...args], options: REDRIVE_OPTIONS });
  const given = { isDryRun: values['dry-run'] === true, queueUrl: values.queue, busName: values.bus };
  if (values.records !== undefined) {
    const bucket = values.records;
    if (bucket === '' || given.queueUrl !== undefined || given.busName !== undefined) return undefined;
    return () => runRedriveRecords(bucket, given.isDryRun);
  }
  // A bus alone would send what is parked on this machine to it.
  if (given.busName !== undefined && given.queueUrl === undefined) return undefined;
  return (environment) => runRedrive(given, environment);
}

/** @returns undefined for arguments that make no sense */
function readArguments([command, ...args]: readonly string[]): Run | undefined {
  try {
    if (command === 'import') return readImport(args);
    return command === 'redrive' ? readRedrive(args) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @returns the exit status: 0, 1 where something was rejected or could not be done, 2 for wrong arguments, 130 where it was interrupted
 */
async function main(args: readonly string[], environment: Environment): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(USAGE);
    return 0;
  }
  const run = readArguments(args);
  if (run === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    return await run(environment);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env);
