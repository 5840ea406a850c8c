import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
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
import type { AwsClientSettings } from '../lib/aws/client.ts';
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

/** Has SQLite's native libraries; every DynamoDB Local comes with one beside its jar. */
const LIBRARIES = 'DynamoDBLocal_lib';

/** The program itself. */
export interface Emulator {
  readonly folder: string;
  readonly jar: string;
}

/**
 * Finds the DynamoDB Local to run: the jar that DYNAMODB_LOCAL_JAR names, of 1.24, 2.1 or later, else the one that comes by npm.
 *
 * @throws StartError where the variable leads to no jar, or to one without its libraries
 */
export function findEmulator(given = process.env['DYNAMODB_LOCAL_JAR']): Emulator {
  if (!given) {
    const { resolve: find } = createRequire(import.meta.url);
    const folder = join(dirname(find('amplify-dynamodb-simulator/package.json')), 'emulator');
    return { folder, jar: 'DynamoDBLocal.jar' };
  }
  const path = resolve(given);
  const [folder, jar] = [dirname(path), basename(path)];
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new StartError(
      `DYNAMODB_LOCAL_JAR must be the path of a DynamoDBLocal.jar, and there is no file ${path}.`,
    );
  if (!existsSync(join(folder, LIBRARIES)))
    throw new StartError(
      `DYNAMODB_LOCAL_JAR: ${path} needs the folder ${LIBRARIES} beside it, which comes with it in AWS’s archive.`,
    );
  return { folder, jar };
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

/** Who asks AWS and where, as a client of the SDK has found out: on a laptop, by a profile. */
export const callerOf = ({
  config: { region, credentials },
}: {
  readonly config: Pick<DynamoDBClient['config'], 'region' | 'credentials'>;
}) => ({ region, credentials });

/** How the service reaches DynamoDB as a client of the SDK does: by its region and credentials, with no time-outs. */
export function connectionOf(client: DynamoDBClient, endpoint?: string): Partial<AwsClientSettings> {
  return { ...callerOf(client), requestHandler: {}, ...(endpoint && { endpoint }) };
}

/** One for all callers, or one for each access key, which knows nothing of the tables of the others. */
export type Databases = 'one' | 'by access key';

/** It never runs for so long that the better compiler, or a collector with threads of its own, would be worth its start. */
const JAVA_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

interface Spawning {
  readonly java: string;
  readonly port: number;
  readonly databases: Databases;
  /** Is called where it can't listen: it says so, and runs on for nothing. */
  readonly onFailure: () => void;
}

function spawnEmulator({ folder, jar }: Emulator, { java, port, databases, onFailure }: Spawning): Child {
  const flags = ['-inMemory', ...(databases === 'one' ? ['-sharedDb'] : []), '-disableTelemetry'];
  const program = [`-Djava.library.path=${LIBRARIES}`, '-jar', jar];
  const args = [...JAVA_FLAGS, ...program, ...flags, '-port', String(port)];
  const onLine = (line: string) => {
    if (line.includes('Failed to bind')) onFailure();
  };
  return startChild('DynamoDB Local', java, args, { cwd: folder, env: process.env, onLine });
}

/** Class files of version 61 are Java 17's (JVMS 4.1), and so on. */
const CLASS_VERSION_OF_JAVA_0 = 44;

/** Why it did not start, as far as what it wrote says so. */
export function readFailure(how: string, tail: string): string {
  const [, version] = /UnsupportedClassVersionError.*\(class file version (\d+)/.exec(tail) ?? [];
  return version === undefined
    ? `DynamoDB Local did not start (${how}).\n${tail}`
    : `The DynamoDB Local of DYNAMODB_LOCAL_JAR needs Java ${Number(version) - CLASS_VERSION_OF_JAVA_0} or later.`;
}

/** Waits until it answers. @throws StartError where it ends instead, can't listen, or takes too long */
async function untilAnswering(endpoint: string, child: Child, unable: Promise<void>): Promise<void> {
  const client = localClient(endpoint, { maxAttempts: 1 });
  const patience = new AbortController();
  const ended = Promise.race([child.ended, unable.then(() => 'its port is in use')]).then((how) => {
    throw new StartError(readFailure(how, child.tail()));
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
 * @throws StartError where there is no Java for it, DYNAMODB_LOCAL_JAR is none, or it does not come up
 */
export async function startDynamoDBLocal(
  options: { port?: number; databases?: Databases; onSpawn?: (child: Child) => void } = {},
): Promise<DynamoDBLocal> {
  const emulator = findEmulator();
  const [java, port] = await Promise.all([findJava(), options.port || freePort()]);
  // Asked first: what has the port may be another DynamoDB Local, and answer as one.
  if (!(await isFree(port))) throw new StartError(`DynamoDB Local can't start: port ${port} is in use.`);
  const unable = Promise.withResolvers<void>();
  const { databases = 'one', onSpawn } = options;
  const child = spawnEmulator(emulator, { java, port, databases, onFailure: unable.resolve });
  onSpawn?.(child);
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
