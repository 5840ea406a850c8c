import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';

/** Reads the stream of a table in DynamoDB Local, as Lambda's event source does: each record once, in order. */
export class TableStream {
  private readonly client: DynamoDBClient;
  private readonly tableName: string;
  private readonly streams: DynamoDBStreamsClient;
  private readonly iterators = new Map<string, string | undefined>();

  constructor(client: DynamoDBClient, tableName: string, endpoint: string) {
    this.client = client;
    this.tableName = tableName;
    this.streams = new DynamoDBStreamsClient({
      endpoint,
      region: client.config.region,
      // Its database is found by them.
      credentials: client.config.credentials,
    });
  }

  /** Every record that has come since the last call. */
  async read(): Promise<DynamoDBRecord[]> {
    await this.discoverShards();
    const records: DynamoDBRecord[] = [];
    for (const [shardId, iterator] of this.iterators) {
      let next = iterator;
      for (let isEmpty = false; next !== undefined && !isEmpty; ) {
        const reply = await this.streams.send(new GetRecordsCommand({ ShardIterator: next }));
        const found = reply.Records ?? [];
        // The SDK's records and Lambda's differ in their dates alone, which nobody here reads.
        records.push(...(found as unknown as DynamoDBRecord[]));
        next = reply.NextShardIterator;
        isEmpty = found.length === 0;
      }
      this.iterators.set(shardId, next);
    }
    return records;
  }

  close(): void {
    this.streams.destroy();
  }

  private async discoverShards(): Promise<void> {
    const { Table: table } = await this.client.send(new DescribeTableCommand({ TableName: this.tableName }));
    const StreamArn = table?.LatestStreamArn;
    const { StreamDescription: stream } = await this.streams.send(new DescribeStreamCommand({ StreamArn }));
    for (const { ShardId } of stream?.Shards ?? []) {
      if (ShardId === undefined || this.iterators.has(ShardId)) continue;
      const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      this.iterators.set(
        ShardId,
        (await this.streams.send(new GetShardIteratorCommand(start))).ShardIterator,
      );
    }
  }
}

/** The records that the filters of `notifyOwner` in serverless.yml let through. */
export function isForOwner({ eventName, dynamodb }: DynamoDBRecord): boolean {
  const { pk, sk } = dynamodb?.Keys ?? {};
  const isNotice =
    eventName === 'INSERT' && !!pk?.S?.startsWith('ACCOUNT#') && !!sk?.S?.startsWith('NOTICE#');
  const isLock =
    !!pk?.S?.startsWith('SIGNIN#') &&
    sk?.S === 'FAILURES' &&
    dynamodb?.NewImage?.['lockedAt']?.N !== undefined;
  return isNotice || isLock;
}

/** The records that the filter of `mailSignInCode` in serverless.yml lets through; tests/infrastructure holds the two together. */
export function isSignInRequest({ eventName, dynamodb }: DynamoDBRecord): boolean {
  const { pk, sk } = dynamodb?.Keys ?? {};
  return eventName === 'INSERT' && !!pk?.S?.startsWith('SIGNIN#') && !!sk?.S?.startsWith('CHALLENGE#');
}
