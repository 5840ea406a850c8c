import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Core } from '../dependencies.ts';
import { reportFailure } from './report-failure.ts';
import type { WithDependencies } from './request.ts';

/** What a record says an item is now, or was before. */
type Image = Record<string, unknown>;

function parseImage(image: Record<string, unknown> | undefined): Image | undefined {
  return image && unmarshall(image as Parameters<typeof unmarshall>[0]);
}

/** Acts on what an item has become. May be called again with the same. */
export type Consume<More> = (
  item: Image,
  dependencies: Core & More,
  before: Image | undefined,
) => Promise<void>;

/** Gives a consumer each record of a batch of the table's stream. */
export function eachRecord<More>(consume: Consume<More>) {
  return async (
    { Records: records }: DynamoDBStreamEvent,
    { dependencies }: Context & WithDependencies<More>,
  ): Promise<DynamoDBBatchResponse> => {
    const consumed = ({ dynamodb }: DynamoDBRecord) =>
      reportFailure(dependencies, dynamodb?.SequenceNumber ?? '', async () => {
        const item = parseImage(dynamodb?.NewImage);
        if (item !== undefined) await consume(item, dependencies, parseImage(dynamodb?.OldImage));
      });
    return { batchItemFailures: (await Promise.all(records.map(consumed))).flat() };
  };
}
