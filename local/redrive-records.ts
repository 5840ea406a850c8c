import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import type { Redriven } from './redrive.ts';

/** Where Lambda puts them: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/…`. */
const PREFIX = 'aws/lambda/';

const payloadSchema = z.object({ Records: z.array(z.unknown()) });

/** Some of Lambda's documents have the event as an object, and some as its text. */
const payload = z.union([
  payloadSchema,
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string): unknown => JSON.parse(text)),
    ),
    payloadSchema,
  ),
]);

/**
 * What Lambda keeps of an invocation that failed every time:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
const failureSchema = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  timestamp: z.string(),
  payload,
});
type Failure = z.infer<typeof failureSchema>;

/** Where records are kept, and who hands them to a function. */
export interface RecordOptions {
  readonly files: S3Client;
  readonly bucket: string;
  readonly functions: LambdaClient;
  /** Hands over nothing, and only says what there is. */
  readonly isDryRun: boolean;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

async function readFailure({ files, bucket }: RecordOptions, key: string): Promise<Failure | undefined> {
  const { Body: body } = await files.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  try {
    return failureSchema.parse(JSON.parse((await body?.transformToString()) ?? ''));
  } catch {
    return undefined;
  }
}

const nameOf = (functionArn: string): string => functionArn.split(':')[6] ?? functionArn;

/** A function on a stream fails records by saying which, and an invocation by an error. */
async function hasTaken(
  { functions }: RecordOptions,
  { requestContext, payload: event }: Failure,
): Promise<boolean> {
  const { FunctionError: error, Payload: reply } = await functions.send(
    new InvokeCommand({
      FunctionName: nameOf(requestContext.functionArn),
      Payload: JSON.stringify(event),
    }),
  );
  if (error !== undefined) return false;
  const { batchItemFailures: failed = [] } = JSON.parse(new TextDecoder().decode(reply)) as {
    batchItemFailures?: unknown[];
  };
  return failed.length === 0;
}

/**
 * Hands the records of the table's stream that failed every time to their functions once more, and deletes each that they take. What
 * was done of one by then is not done again: the functions mark it. One that fails once more stays.
 *
 * @throws what S3 or Lambda fail with; what was handed over by then is
 */
export async function redriveRecords(options: RecordOptions): Promise<Redriven> {
  const { files, bucket, isDryRun, print, signal } = options;
  let found = 0;
  let sent = 0;
  for await (const { Contents: objects = [] } of paginateListObjectsV2(
    { client: files },
    { Bucket: bucket, Prefix: PREFIX },
  ))
    for (const { Key: key = '' } of objects) {
      if (signal.aborted) return { found, sent };
      found += 1;
      const failure = await readFailure(options, key);
      const what = failure && `${failure.timestamp}  ${nameOf(failure.requestContext.functionArn)}`;
      if (failure === undefined) print(`${key}: no record of a failure`);
      else if (isDryRun) print(`${what}: ${failure.requestContext.condition}`);
      else if (await hasTaken(options, failure)) {
        await files.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
        sent += 1;
        print(`${what}: taken`);
      } else print(`${what}: failed once more`);
    }
  return { found, sent };
}
