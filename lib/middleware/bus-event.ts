import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import type { Core, Provide } from '../dependencies.ts';
import { EventRejected } from '../events/event-rejected.ts';
import { describeError, logger, metrics } from '../observe.ts';
import { dependencies } from './dependencies.ts';
import type { WithDependencies } from './request.ts';

type BusEvent = EventBridgeEvent<string, unknown>;

/** An event was not dealt with: Lambda tries it again, and parks it in the end. The runtime logs this, and all it holds. */
export class EventFailed extends Error {
  override readonly name = 'EventFailed';
}

/** A function on an event bus. It is not cut short: what went on after that would meet the event that is tried again. */
export function listener<Event extends BusEvent>() {
  return middy<Event, unknown, Error, Context>({ timeoutEarlyInMillis: 0 });
}

/** What every function on an event bus begins with. */
export function busEvent<Event extends BusEvent, More>(
  provided: Provide<More>,
): middy.MiddlewareObj<Event, unknown, Error, Context & WithDependencies<More>>[] {
  return [
    // Events hold what is known of people.
    injectLambdaContext(logger, { resetKeys: true, logEvent: false }),
    logMetrics(metrics),
    dependencies(provided),
  ] as ReturnType<typeof busEvent<Event, More>>;
}

/** Gives what an event says to a consumer, which may be called again with the same. @throws EventFailed if it rejects */
export function onEvent<More>(consume: (detail: unknown, dependencies: Core & More) => Promise<unknown>) {
  return async (
    { detail }: BusEvent,
    { dependencies }: Context & WithDependencies<More>,
  ): Promise<unknown> => {
    try {
      return await consume(detail, dependencies);
    } catch (error) {
      dependencies.observer.count('Fault');
      dependencies.observer.error('an event failed', describeError(error));
      // Lambda parks it with its event.
      throw new EventFailed(error instanceof EventRejected ? error.message : 'see the log');
    }
  };
}
