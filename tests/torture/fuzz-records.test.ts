import { describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { oddRecords } from '../support/arbitrary-records.ts';
import { loadStreamFunction, STREAM_FUNCTIONS } from '../support/functions.ts';
import { newActors } from '../support/fuzz-actors.ts';
import { TableStream } from '../support/stream.ts';
import { createWorld } from '../support/world.ts';
import { patience, scaled } from './scale.ts';

describe.each(STREAM_FUNCTIONS.map(({ name }) => name))('%s', (name) => {
  test(
    'fails the records it can’t read by their numbers, and none besides',
    async () => {
      const quiet = await createWorld();
      await newActors(quiet);
      const stream = new TableStream(quiet.client, quiet.table.name, quiet.endpoint);
      const records = await stream.read();
      stream.close();
      const handler = (await loadStreamFunction(name))(quiet.dependencies);
      const failuresOf = async (Records: DynamoDBRecord[]) =>
        (await handler({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      const failing = new Set(await failuresOf(records));
      const numberOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? '';
      const good = records.filter((record) => !failing.has(numberOf(record)));
      expect(good).not.toEqual([]);

      await fc.assert(
        fc.asyncProperty(
          oddRecords(records),
          oddRecords(records),
          fc.constantFrom(...good),
          async (before, after, record) => {
            const rest = after.map((other, index) => ({
              ...other,
              dynamodb: { ...other.dynamodb, SequenceNumber: `after-${index}` },
            }));
            const batch = [...before, record, ...rest];
            const failed = await failuresOf(batch);
            expect(batch.map(numberOf)).toEqual(expect.arrayContaining(failed));
            expect(failed).not.toContain(numberOf(record));
          },
        ),
        { numRuns: scaled({ short: 30, full: 2_000 }) },
      );
    },
    patience,
  );
});
