import type { EventBridgeEvent } from 'aws-lambda';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { countSmsEvent } from '../../lib/flows/count-sms-receipt.ts';
import { busEvent, listener, onEvent } from '../../lib/middleware/pipeline.ts';

/** The AWS account's own event bus: what AWS End User Messaging says has become of an SMS. */
export const create = (provided: Provide) =>
  listener<EventBridgeEvent<'Text Message Delivery Status Updated', unknown>>()
    .use(busEvent(provided))
    .handler(onEvent(countSmsEvent));
export const handler = create(provide());
