import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { Provide } from '../dependencies.ts';
import { logger, metrics } from '../observe.ts';
import { dependencies } from './dependencies.ts';
import type { WithDependencies } from './request.ts';

/**
 * A function on the table's stream. It is not cut short: what went on after that would meet the records that are delivered again, and
 * send the same twice.
 */
export function consumer() {
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>({ timeoutEarlyInMillis: 0 });
}

/** What every function on the table's stream begins with. */
export function stream<More>(
  provided: Provide<More>,
): middy.MiddlewareObj<
  DynamoDBStreamEvent,
  DynamoDBBatchResponse,
  Error,
  Context & WithDependencies<More>
>[] {
  return [
    injectLambdaContext(logger, { resetKeys: true, logEvent: false }),
    logMetrics(metrics),
    dependencies(provided),
  ] as ReturnType<typeof stream<More>>;
}
