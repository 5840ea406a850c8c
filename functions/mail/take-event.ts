import type { EventBridgeEvent } from 'aws-lambda';
import { keys, type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { takeMailEvent } from '../../lib/flows/take-mail-event.ts';
import { busEvent, listener, onEvent } from '../../lib/middleware/pipeline.ts';

/** The AWS account's own event bus: what SES says has become of a mail. */
export const create = (provided: Provide<WithKeys>) =>
  listener<EventBridgeEvent<string, unknown>>().use(busEvent(provided)).handler(onEvent(takeMailEvent));
export const handler = create(provide(keys));
