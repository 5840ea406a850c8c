import type { EventBridgeEvent } from 'aws-lambda';
import { type Provide, provide, receiptSource, type WithReceiptSource } from '../../lib/dependencies.ts';
import { pullSmsReceipts } from '../../lib/flows/pull-sms-receipts.ts';
import { busEvent, listener, onEvent } from '../../lib/middleware/pipeline.ts';

/** Every few minutes: what has become of SMS that a vendor keeps receipts of until it is asked. */
export const create = (provided: Provide<WithReceiptSource>) =>
  listener<EventBridgeEvent<'Scheduled Event', unknown>>()
    .use(busEvent(provided))
    .handler(onEvent(pullSmsReceipts));
export const handler = create(provide(receiptSource));
