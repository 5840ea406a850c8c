import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Core } from '../dependencies.ts';
import { reportFailure } from './report-failure.ts';
import type { WithDependencies } from './request.ts';

/** Gives a consumer the body of each message of a batch of a queue. It may be called again with the same. */
export function eachMessage<More>(consume: (body: string, dependencies: Core & More) => Promise<void>) {
  return async (
    { Records: messages }: SQSEvent,
    { dependencies }: Context & WithDependencies<More>,
  ): Promise<SQSBatchResponse> => {
    const failures = messages.map(({ messageId, body }) =>
      reportFailure(dependencies, messageId, async () => consume(body, dependencies)),
    );
    return { batchItemFailures: (await Promise.all(failures)).flat() };
  };
}
