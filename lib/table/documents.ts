import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DeleteCommandInput,
  DeleteCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteCommandInput,
  TransactWriteCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type AwsApi, AwsClient, type AwsClientSettings, type SendOptions } from '../aws/client.ts';

/** What the write or read of a single item is refused with when it meets a transaction, or a write in another region. */
const PASSING_ERRORS = ['TransactionConflictException', 'ReplicatedWriteConflictException'];
/** What a cancelled transaction says per item when another transaction, or too much traffic, was in the way. */
const PASSING_REASONS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** What refuses a transaction that was not written: of each of its items why, and the item itself if that was its condition. */
type Cancelled = Error & {
  readonly CancellationReasons?: readonly {
    readonly Code?: string;
    readonly Item?: Record<string, AttributeValue>;
  }[];
};

export const isCancelled = (error: unknown): error is Cancelled =>
  error instanceof Error && error.name === 'TransactionCanceledException';

/** Whether another transaction, or too much traffic, was in the way, and nothing is wrong with this request. */
function isPassing(error: Error): boolean {
  if (PASSING_ERRORS.includes(error.name)) return true;
  if (!isCancelled(error)) return false;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  return codes.every((code) => code === 'None' || PASSING_REASONS.includes(code));
}

/**
 * A lost reply is retried with the same ClientRequestToken and the very same parameters. The SDK takes every cancelled transaction, and every
 * write that met one, for final; here those that met another transaction are retried too, by the same jitter and retry budget.
 */
export const DYNAMODB: AwsApi = {
  hostPrefix: 'dynamodb',
  serviceId: 'DYNAMODB',
  signingName: 'dynamodb',
  target: 'DynamoDB_20120810',
  jsonVersion: '1.0',
  retryDelayMilliseconds: 25,
  isPassing,
};

/** An item as it is stored, before its module has parsed it. */
export type Item = Record<string, unknown>;

/** What the service asks of DynamoDB, its items as plain objects: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ */
export interface DocumentOperations {
  readonly BatchGetItem: readonly [BatchGetCommandInput, BatchGetCommandOutput];
  readonly DeleteItem: readonly [DeleteCommandInput, DeleteCommandOutput];
  readonly GetItem: readonly [GetCommandInput, GetCommandOutput];
  readonly Query: readonly [QueryCommandInput, QueryCommandOutput];
  readonly TransactWriteItems: readonly [TransactWriteCommandInput, TransactWriteCommandOutput];
  readonly UpdateItem: readonly [UpdateCommandInput, UpdateCommandOutput];
}

type Stored = Parameters<typeof unmarshall>[0];
type Members = Readonly<Record<string, unknown>>;

export const toStored = (item: unknown): Stored =>
  marshall(item as Item, { removeUndefinedValues: true }) as Stored;
const toItem = (stored: unknown): Item => unmarshall(stored as Stored);

/** Members that are an item, or some attributes of one. */
const ITEMS = new Set([
  'Item',
  'Key',
  'ExclusiveStartKey',
  'ExpressionAttributeValues',
  'Attributes',
  'LastEvaluatedKey',
]);
/** Members that are lists of items. */
const LISTS = new Set(['Items', 'Keys']);

/** The same with its items converted. */
function convertMembers<Converted>(members: object, convert: (item: unknown) => Converted): Members {
  const converted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    if (ITEMS.has(name)) converted[name] = value && convert(value);
    else converted[name] = LISTS.has(name) ? value?.map(convert) : value;
  }
  return converted;
}

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

function toRequest(input: object): object {
  const {
    TransactItems: writes,
    RequestItems: reads,
    ...members
  } = input as {
    TransactItems?: readonly Readonly<Record<string, object>>[];
    RequestItems?: Readonly<Record<string, object>>;
  };
  const converted = (part: object) => convertMembers(part, toStored);
  return {
    ...(writes && { TransactItems: writes.map((write) => mapValues(write, converted)) }),
    ...(reads && { RequestItems: mapValues(reads, converted) }),
    ...converted(members),
  };
}

function fromReply(output: object): object {
  const {
    Responses: found,
    UnprocessedKeys: unprocessed,
    ...members
  } = output as {
    Responses?: Readonly<Record<string, readonly unknown[]>>;
    UnprocessedKeys?: Readonly<Record<string, object>>;
  };
  const converted = (part: object) => convertMembers(part, toItem);
  return {
    ...converted(members),
    ...(found && { Responses: mapValues(found, (items) => items.map(toItem)) }),
    ...(unprocessed && { UnprocessedKeys: mapValues(unprocessed, converted) }),
  };
}

/** Asks DynamoDB, with items as plain objects in both directions; the one that an error carries is as it is stored. */
export class DocumentClient {
  readonly connection: AwsClient;

  constructor(settings: AwsClientSettings) {
    this.connection = new AwsClient(DYNAMODB, settings);
  }

  /** @throws ServiceException as `AwsClient` does */
  async send<Name extends keyof DocumentOperations>(
    operation: Name,
    input: DocumentOperations[Name][0],
    options?: SendOptions,
  ): Promise<DocumentOperations[Name][1]> {
    const output = await this.connection.send(operation, toRequest(input), options);
    return fromReply(output) as DocumentOperations[Name][1];
  }

  destroy(): void {
    this.connection.destroy();
  }
}
