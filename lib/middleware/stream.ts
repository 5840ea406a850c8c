import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { Provide } from '../dependencies.ts';
import { logger, metrics } from '../observe.ts';
import { dependencies } from './dependencies.ts';
import type { WithDependencies } from './request.ts';

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
