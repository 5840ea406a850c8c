import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Provide } from '../dependencies.ts';
import { logger, metrics } from '../observe.ts';
import { dependencies } from './dependencies.ts';
import type { WithDependencies } from './request.ts';

type BatchEvent = DynamoDBStreamEvent | SQSEvent;

/**
 * A function on the table's stream, or on a queue. It is not cut short: what went on after that would meet the records that are
 * delivered again, and send the same twice.
 */
export function consumer<Event extends BatchEvent>() {
  return middy<Event, SQSBatchResponse, Error, Context>({ timeoutEarlyInMillis: 0 });
}

/** What every function that is given records in batches begins with. */
export function batch<Event extends BatchEvent, More>(
  provided: Provide<More>,
): middy.MiddlewareObj<Event, SQSBatchResponse, Error, Context & WithDependencies<More>>[] {
  return [
    injectLambdaContext(logger, { resetKeys: true, logEvent: false }),
    logMetrics(metrics),
    dependencies(provided),
  ] as ReturnType<typeof batch<Event, More>>;
}
