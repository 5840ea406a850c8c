import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateTableCommand,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  DynamoDBClient,
  type DynamoDBClientConfig,
  ListTablesCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, LOCAL_REGION, StartError } from './environment.ts';
import { freePort, isFree } from './ports.ts';
import { type Child, run, startChild } from './processes.ts';
import { readTableDefinition } from './table-definition.ts';

const JAVA_MIN = 17;
const START_TIMEOUT_MILLISECONDS = 60_000;
const RETRY_MILLISECONDS = 50;
const TABLE_WAIT_SECONDS = 10;

const INSTALL = `Install it, then try again:
  Debian, Ubuntu  sudo apt install openjdk-17-jre-headless
  Fedora          sudo dnf install java-17-openjdk-headless
  macOS           brew install openjdk@17, then follow what brew says about PATH`;

/** The major version in what `java -version` writes: `17.0.15`, or `1.8.0_402` for Java 8; undefined where there is none. */
export function javaMajor(output: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  return first === '1' ? Number(second) : first === undefined ? undefined : Number(first);
}

/**
 * Finds a Java that DynamoDB Local can run on: that of JAVA_HOME, else the one in PATH.
 *
 * @throws StartError saying what to install
 */
export async function findJava(javaHome = process.env['JAVA_HOME']): Promise<string> {
  const candidates = [...(javaHome ? [join(javaHome, 'bin', 'java')] : []), 'java'];
  let newest: number | undefined;
  for (const java of candidates) {
    const { code, output } = await run(java, ['-version']);
    const major = code === 0 ? javaMajor(output) : undefined;
    if (major !== undefined && major >= JAVA_MIN) return java;
    newest ??= major;
  }
  const found = newest === undefined ? 'there is none' : `this is Java ${newest}`;
  throw new StartError(`DynamoDB Local needs Java ${JAVA_MIN} or later, and ${found}. ${INSTALL}`);
}

export interface DynamoDBLocal {
  readonly endpoint: string;
  readonly port: number;
  readonly child: Child;
  stop(): Promise<void>;
}

/** A client of a DynamoDB Local. */
export function localClient(
  endpoint: string,
  { maxAttempts = 3, credentials = LOCAL_CREDENTIALS }: DynamoDBClientConfig = {},
): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials, maxAttempts });
}

/** One for all callers, or one for each access key, which knows nothing of the tables of the others. */
export type Databases = 'one' | 'by access key';

/** It never runs for so long that the better compiler, or a collector with threads of its own, would be worth its start. */
const JAVA_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** @param onFailure is called where it can't listen: it says so, and runs on for nothing */
function spawnEmulator(java: string, port: number, databases: Databases, onFailure: () => void): Child {
  const { resolve } = createRequire(import.meta.url);
  const cwd = join(dirname(resolve('amplify-dynamodb-simulator/package.json')), 'emulator');
  const flags = ['-inMemory', ...(databases === 'one' ? ['-sharedDb'] : []), '-disableTelemetry'];
  const program = ['-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  const args = [...JAVA_FLAGS, ...program, ...flags, '-port', String(port)];
  const onLine = (line: string) => {
    if (line.includes('Failed to bind')) onFailure();
  };
  return startChild('DynamoDB Local', java, args, { cwd, env: process.env, onLine });
}

/** Waits until it answers. @throws StartError where it ends instead, can't listen, or takes too long */
async function untilAnswering(endpoint: string, child: Child, unable: Promise<void>): Promise<void> {
  const client = localClient(endpoint, { maxAttempts: 1 });
  const patience = new AbortController();
  const ended = Promise.race([child.ended, unable.then(() => 'its port is in use')]).then((how) => {
    throw new StartError(`DynamoDB Local did not start (${how}).\n${child.tail()}`);
  });
  const late = wait(START_TIMEOUT_MILLISECONDS, undefined, { signal: patience.signal }).then(() => {
    throw new StartError(`DynamoDB Local does not answer.\n${child.tail()}`);
  });
  const answered = async () => {
    while (!patience.signal.aborted) {
      try {
        await client.send(new ListTablesCommand({}), { abortSignal: patience.signal });
        return;
      } catch {
        await wait(RETRY_MILLISECONDS);
      }
    }
  };
  try {
    await Promise.race([answered(), ended, late]);
  } finally {
    patience.abort();
    client.destroy();
    // Both lose the race in the end, and nobody listens then.
    ended.catch(() => undefined);
    late.catch(() => undefined);
  }
}

/**
 * Starts AWS's own DynamoDB Local, in memory.
 *
 * @param options.databases one for all credentials and regions unless said otherwise
 * @param options.port 0 for any free one
 * @param options.onSpawn gets the process as soon as it runs, long before it answers
 * @throws StartError where there is no Java for it, or it does not come up
 */
export async function startDynamoDBLocal(
  options: { port?: number; databases?: Databases; onSpawn?: (child: Child) => void } = {},
): Promise<DynamoDBLocal> {
  const [java, port] = await Promise.all([findJava(), options.port || freePort()]);
  // Asked first: what has the port may be another DynamoDB Local, and answer as one.
  if (!(await isFree(port))) throw new StartError(`DynamoDB Local can't start: port ${port} is in use.`);
  const unable = Promise.withResolvers<void>();
  const child = spawnEmulator(java, port, options.databases ?? 'one', unable.resolve);
  options.onSpawn?.(child);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilAnswering(endpoint, child, unable.promise);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { endpoint, port, child, stop: child.stop };
}

/**
 * Deletes nothing: DynamoDB Local sometimes can't parse expressions where the first ones it ever gets come at once ("Index 0 out of
 * bounds"), so it is given one by itself.
 */
function firstExpression(tableName: string): DeleteItemCommandInput {
  return {
    TableName: tableName,
    Key: { pk: { S: '-' }, sk: { S: '-' } },
    ConditionExpression: 'attribute_not_exists(#pk) OR #pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: { ':pk': { S: '-' } },
  };
}

/**
 * Creates a table as serverless.state.yml defines it, so that the local and the deployed one cannot differ.
 *
 * @param options.expiring false for a table whose clock is not the machine's: DynamoDB Local deletes by the machine's
 */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  { expiring = true }: { expiring?: boolean } = {},
): Promise<void> {
  const { create, timeToLiveAttribute } = await readTableDefinition();
  await client.send(new CreateTableCommand({ ...create, TableName: tableName }));
  await waitUntilTableExists(
    { client, maxWaitTime: TABLE_WAIT_SECONDS, minDelay: 1 },
    { TableName: tableName },
  );
  await client.send(new DeleteItemCommand(firstExpression(tableName)));
  if (timeToLiveAttribute === undefined || !expiring) return;
  const specification = { AttributeName: timeToLiveAttribute, Enabled: true };
  await client.send(
    new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: specification }),
  );
}
