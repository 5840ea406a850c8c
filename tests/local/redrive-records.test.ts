import type { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { redriveRecords } from '../../local/redrive-records.ts';

const ARN = 'arn:aws:lambda:ap-southeast-1:123456789012:function:account-linking-prod-notifyOwner';

/** As Lambda writes it for a stream of DynamoDB whose destination is a bucket. */
const failureOf = (payload: unknown, functionArn = ARN) =>
  JSON.stringify({
    requestContext: {
      requestId: 'r',
      functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 11,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
    version: '1.0',
    timestamp: '2026-11-24T10:00:00.000Z',
    DDBStreamBatchInfo: { shardId: 'shardId-1', batchSize: 1 },
    payload,
  });

/** A bucket with these objects, and functions that take what they are given unless it says otherwise. */
function doubles(objects: Map<string, string>) {
  const invoked: unknown[] = [];
  const files = Object.assign(new S3Client({ region: 'none' }), {
    send: async (command: unknown) => {
      if (command instanceof ListObjectsV2Command)
        return { Contents: [...objects.keys()].map((Key) => ({ Key })) };
      if (command instanceof GetObjectCommand)
        return { Body: { transformToString: async () => objects.get(command.input.Key ?? '') } };
      if (command instanceof DeleteObjectCommand) return void objects.delete(command.input.Key ?? '');
      throw new Error('not asked for');
    },
  });
  const functions = {
    send: async ({ input }: InvokeCommand) => {
      const event = JSON.parse(`${input.Payload}`);
      invoked.push([input.FunctionName, event]);
      const [fate] = event.Records;
      if (fate === 'throws') return { FunctionError: 'Unhandled', Payload: new TextEncoder().encode('{}') };
      const batchItemFailures = fate === 'fails' ? [{ itemIdentifier: '1' }] : [];
      return { Payload: new TextEncoder().encode(JSON.stringify({ batchItemFailures })) };
    },
  } as unknown as LambdaClient;
  return { files, functions, invoked };
}

const run = (objects: Map<string, string>, isDryRun: boolean) => {
  const { files, functions, invoked } = doubles(objects);
  const lines: string[] = [];
  const { signal } = new AbortController();
  const options = {
    files,
    bucket: 'b',
    functions,
    isDryRun,
    print: (line: string) => void lines.push(line),
    signal,
  };
  return redriveRecords(options).then((redriven) => ({ redriven, invoked, lines }));
};

const objectsOf = () =>
  new Map([
    ['aws/lambda/1', failureOf({ Records: ['fine'] })],
    ['aws/lambda/2', failureOf(JSON.stringify({ Records: ['also fine'] }))],
    ['aws/lambda/3', failureOf({ Records: ['fails'] })],
    ['aws/lambda/4', failureOf({ Records: ['throws'] })],
    ['aws/lambda/5', 'something else'],
  ]);

test('hands each record to the function that it failed in, and keeps what fails once more', async () => {
  const objects = objectsOf();
  const { redriven, invoked, lines } = await run(objects, false);
  expect(redriven).toEqual({ found: 5, sent: 2 });
  expect(invoked.slice(0, 2)).toEqual([
    ['account-linking-prod-notifyOwner', { Records: ['fine'] }],
    ['account-linking-prod-notifyOwner', { Records: ['also fine'] }],
  ]);
  expect([...objects.keys()]).toEqual(['aws/lambda/3', 'aws/lambda/4', 'aws/lambda/5']);
  // What a record holds is nobody's to read on a terminal.
  expect(lines.join('\n')).not.toContain('fine');
});

test('a dry run does nothing, and says what there is and why', async () => {
  const objects = objectsOf();
  const { redriven, invoked, lines } = await run(objects, true);
  expect([redriven, invoked]).toEqual([{ found: 5, sent: 0 }, []]);
  expect(objects.size).toBe(5);
  expect(lines[0]).toBe('2026-11-24T10:00:00.000Z  account-linking-prod-notifyOwner: RetryAttemptsExhausted');
});
