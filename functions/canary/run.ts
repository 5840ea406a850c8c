import type { EventBridgeEvent } from 'aws-lambda';
import { canary, type Provide, provide, type WithCanary } from '../../lib/dependencies.ts';
import { runCanary } from '../../lib/flows/run-canary.ts';
import { busEvent, listener, onEvent } from '../../lib/middleware/pipeline.ts';

/** A schedule: signs in by email as a customer does, to see that it can be done. */
export const create = (provided: Provide<WithCanary>) =>
  listener<EventBridgeEvent<string, unknown>>().use(busEvent(provided)).handler(onEvent(runCanary));
export const handler = create(provide(canary));
