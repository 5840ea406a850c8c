import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Core } from '../dependencies.ts';
import { describeError } from '../observe.ts';
import type { Item } from '../table/client.ts';

export type StreamHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/** What a record says the item is now, or was before. */
function itemOf(record: DynamoDBRecord, image: 'NewImage' | 'OldImage'): Item | undefined {
  const found = record.dynamodb?.[image];
  return found && unmarshall(found as Record<string, AttributeValue>);
}

/**
 * Runs a consumer over the records of the table's stream. A record that failed is reported by itself, so that it is delivered
 * again without holding up or repeating the others that came before it.
 */
export function createStreamHandler<Dependencies extends Core>(
  consume: (item: Item, dependencies: Dependencies, before: Item | undefined) => Promise<void>,
  dependencies: () => Promise<Dependencies>,
): StreamHandler {
  return async ({ Records: records }) => {
    const ready = await dependencies();
    const { observer } = ready;
    const failures = await Promise.all(
      records.map(async (record) => {
        try {
          const item = itemOf(record, 'NewImage');
          if (item !== undefined) await consume(item, ready, itemOf(record, 'OldImage'));
          return [];
        } catch (error) {
          observer.count('Fault');
          observer.error('a stream record failed', describeError(error));
          return [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }];
        }
      }),
    );
    observer.flush();
    return { batchItemFailures: failures.flat() };
  };
}
