import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { QueryCommandOutput, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AwsClientSettings } from '../aws/client.ts';
import { DocumentClient, type Item, isCancelled } from './documents.ts';
import { formatKey, type Key } from './keys.ts';
import { Memory } from './memory.ts';
import { mergeFragments } from './merge.ts';

export type { Item } from './documents.ts';

export interface Table {
  readonly name: string;
  readonly documents: DocumentClient;
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
 * A function that makes one is named for what will be true once it is committed: `methodRemoved`, `methodKept`, `sendCounted`.
 */
export interface Fragment {
  readonly write: TransactItem;
  /** @param old the item as it was found, if there was one */
  readonly refusal: (old: Item | undefined) => Error;
  /** Whether it is this that an item does not let through, where others of the same item may be; without, it is if it is none of those. */
  readonly isRefused?: (old: Item | undefined) => boolean;
}

export const stale = (): Error => new StaleView();

const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
const REQUEST_TIMEOUT_MILLISECONDS = 2_000;
const MAX_ATTEMPTS = 5;

/** How long it may take to be heard by DynamoDB, and how often it is tried. */
const PATIENCE = {
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: {
    connectionTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    throwOnRequestTimeout: true,
  },
};

/** What a single write is refused with whose condition does not hold. */
export const isRefusedByCondition = (error: unknown): boolean =>
  (error as Error).name === 'ConditionalCheckFailedException';

/** @param connection how DynamoDB is reached, where that is not by what the function's environment says */
export function connectTable({
  tableName,
  connection,
}: {
  tableName: string;
  connection?: Partial<AwsClientSettings>;
}): Table {
  const documents = new DocumentClient({ ...PATIENCE, ...connection });
  return { name: tableName, documents, fullCaps: new Memory(), fullCallers: new Memory() };
}

/** The table for as long as a request may take: once the signal is given, nothing more is read or written for it. */
export function tableUntil(table: Table, signal: AbortSignal): Table {
  const { documents } = table;
  const send: typeof documents.send = (operation, input) => {
    signal.throwIfAborted();
    return documents.send(operation, input, { abortSignal: signal });
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
    const page: QueryCommandOutput = await table.documents.send('Query', {
      ...range,
      ...(next && { ExclusiveStartKey: next }),
    });
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next !== undefined && items.length < max);
  return items.slice(0, max);
}

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
    const reply = await table.documents.send('BatchGetItem', {
      RequestItems: { [table.name]: { Keys: open, ConsistentRead: true } },
    });
    for (const item of reply.Responses?.[table.name] ?? []) found.set(formatKey(item as Item & Key), item);
    open = (reply.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];
  }
  return { get: (key) => found.get(formatKey(key)) };
}

/**
 * Writes all fragments or none; those of one item as one write.
 *
 * @throws StaleView if any fragment was judged on what has changed by now, else the refusal of the first whose condition failed
 */
export async function commit(table: Table, fragments: readonly Fragment[]): Promise<void> {
  const merged = mergeFragments(fragments);
  const TransactItems = merged.map(({ write }) => write);
  try {
    await table.documents.send('TransactWriteItems', { ClientRequestToken: randomUUID(), TransactItems });
  } catch (error) {
    if (!isCancelled(error)) throw error;
    const refusals = (error.CancellationReasons ?? []).flatMap((reason, index) => {
      const fragment = merged[index];
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
