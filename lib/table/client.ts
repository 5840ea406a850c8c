import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandOutput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from './keys.ts';
import { Memory } from './memory.ts';

/** An item as it is stored, before its module has parsed it. */
export type Item = Record<string, unknown>;

export interface Table {
  readonly name: string;
  readonly documents: DynamoDBDocumentClient;
  /** Which counters of the deployment are full, or nearly. */
  readonly fullCaps: Memory;
  /** Which callers' are: apart, since there is no end of callers. */
  readonly fullCallers: Memory;
}

/** What was judged is no longer what is stored: read again and judge anew. Never reaches a caller. */
export class StaleView extends Error {
  override readonly name = 'StaleView';
}

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * One write of a transaction, with its condition and what it means when that condition does not hold.
 *
 * A function that makes one is named for what will be true once it is committed: `methodRemoved`, `claimKept`, `sendCounted`.
 */
export interface Fragment {
  readonly write: TransactItem;
  /** @param old the item as it was found, if there was one */
  readonly refusal: (old: Item | undefined) => Error;
}

export const stale = (): Error => new StaleView();

const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
const REQUEST_TIMEOUT_MILLISECONDS = 2_000;
const MAX_ATTEMPTS = 5;

/** What a cancelled transaction says per item when another transaction, or too much traffic, was in the way. */
const PASSING_REASONS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

export function createDynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MILLISECONDS,
      requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  });
}

/** Whether another transaction, or too much traffic, was in the way, and nothing is wrong with this one. */
function isPassing(error: unknown): error is Error {
  // What the write or read of a single item is refused with when it meets a transaction.
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  return codes.every((code) => code === 'None' || PASSING_REASONS.includes(code));
}

/**
 * The SDK retries a lost reply with the same ClientRequestToken and the very same parameters, but takes every cancelled
 * transaction, and every write that met one, for final. Those that met another transaction are marked as retryable for it, so that its
 * own retries, jitter and retry budget cover them too.
 */
function retryPassingCancellations(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isPassing(error)) Object.assign(error, { $retryable: { throttling: false } });
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'retryPassingCancellations' },
  );
}

export function connectTable({
  tableName,
  client = createDynamoDBClient(),
}: {
  tableName: string;
  client?: DynamoDBClient;
}): Table {
  retryPassingCancellations(client);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { name: tableName, documents, fullCaps: new Memory(), fullCallers: new Memory() };
}

/** The table for as long as a request may take: once the signal is given, nothing more is read or written for it. */
export function tableUntil(table: Table, signal: AbortSignal): Table {
  const { documents } = table;
  const send = (command: Parameters<typeof documents.send>[0]) => {
    signal.throwIfAborted();
    return documents.send(command, { abortSignal: signal });
  };
  return { ...table, documents: Object.assign(Object.create(documents), { send }) };
}

/** Which items of a partition are read. */
export interface Range {
  readonly pk: string;
  /** What their sort keys begin with; all without. */
  readonly prefix?: string;
  readonly isDescending?: boolean;
  /** No more than these are read. */
  readonly max?: number;
}

/** The items of a partition, in the order of their sort keys; as many round trips as they have megabytes. */
export async function queryItems(
  table: Table,
  { pk, prefix = '', isDescending = false, max = Number.POSITIVE_INFINITY }: Range,
): Promise<Item[]> {
  const range = {
    TableName: table.name,
    KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ...(prefix !== '' && { ':prefix': prefix }) },
    ScanIndexForward: !isDescending,
    ConsistentRead: true,
  };
  const items: Item[] = [];
  let next: Item | undefined;
  do {
    const page: QueryCommandOutput = await table.documents.send(
      new QueryCommand({ ...range, ...(next && { ExclusiveStartKey: next }) }),
    );
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next !== undefined && items.length < max);
  return items.slice(0, max);
}

const formatKey = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** What a read by keys found. */
export interface ReadItems {
  /** The item of a key that was asked for; undefined means that it is not there. */
  get(key: Key): Item | undefined;
}

/** How often keys that DynamoDB left unprocessed are asked for again. */
const UNPROCESSED_ROUNDS = 5;

/**
 * Up to 100 items in one consistent round trip. It is no snapshot: what is written on the strength of it needs conditions.
 * Keys left unprocessed are asked for again and never taken to be absent.
 *
 * @throws an error named `ProvisionedThroughputExceededException` if some stay unprocessed
 */
export async function readItems(table: Table, wanted: readonly Key[]): Promise<ReadItems> {
  const found = new Map<string, Item>();
  let open: Key[] = [...new Map(wanted.map((key) => [formatKey(key), { pk: key.pk, sk: key.sk }])).values()];
  for (let round = 0; open.length > 0; round += 1) {
    if (round === UNPROCESSED_ROUNDS)
      throw Object.assign(new Error('keys stayed unprocessed'), {
        name: 'ProvisionedThroughputExceededException',
      });
    if (round > 0) await wait(Math.random() * 25 * 2 ** round);
    const reply = await table.documents.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: open, ConsistentRead: true } } }),
    );
    for (const item of reply.Responses?.[table.name] ?? []) found.set(formatKey(item as Item & Key), item);
    open = (reply.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];
  }
  return { get: (key) => found.get(formatKey(key)) };
}

/**
 * Writes all fragments or none.
 *
 * @throws StaleView if any fragment was judged on what has changed by now, else the refusal of the first whose condition failed
 */
export async function commit(table: Table, fragments: readonly Fragment[]): Promise<void> {
  const command = new TransactWriteCommand({
    ClientRequestToken: randomUUID(),
    TransactItems: fragments.map(({ write }) => write),
  });
  try {
    await table.documents.send(command);
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const refusals = (error.CancellationReasons ?? []).flatMap((reason, index) => {
      const fragment = fragments[index];
      if (reason.Code !== 'ConditionalCheckFailed' || fragment === undefined) return [];
      return [fragment.refusal(reason.Item && unmarshall(reason.Item))];
    });
    throw refusals.find((refusal) => refusal instanceof StaleView) ?? refusals[0] ?? error;
  }
}

/** A fragment that only looks. */
export function check(table: Table, key: Key, condition: Condition, refusal: Fragment['refusal']): Fragment {
  return { write: { ConditionCheck: { ...onKey(table, key), ...conditionInput(condition) } }, refusal };
}

export function put(
  table: Table,
  key: Key,
  item: Item,
  condition: Condition,
  refusal: Fragment['refusal'],
): Fragment {
  const write = { Put: { TableName: table.name, Item: { ...item, ...key }, ...conditionInput(condition) } };
  return { write, refusal };
}

export function remove(table: Table, key: Key, condition: Condition, refusal: Fragment['refusal']): Fragment {
  return { write: { Delete: { ...onKey(table, key), ...conditionInput(condition) } }, refusal };
}

export function update(
  table: Table,
  key: Key,
  change: string,
  condition: Condition,
  refusal: Fragment['refusal'],
): Fragment {
  const write = { Update: { ...onKey(table, key), UpdateExpression: change, ...conditionInput(condition) } };
  return { write, refusal };
}

/** `if` is a DynamoDB condition; `values` are those of the condition and of the change it guards. */
export interface Condition {
  readonly if: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

export const ABSENT: Condition = { if: 'attribute_not_exists(pk)' };

function onKey(table: Table, { pk, sk }: Key) {
  return { TableName: table.name, Key: { pk, sk } };
}

function conditionInput(condition: Condition) {
  return {
    ConditionExpression: condition.if,
    ...(condition.names && { ExpressionAttributeNames: condition.names }),
    ...(condition.values && { ExpressionAttributeValues: condition.values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
