import type { EventBridgeEvent } from 'aws-lambda';
import {
  bus,
  keys,
  type Provide,
  phoneKeys,
  provide,
  type WithBus,
  type WithKeys,
  type WithPhoneKeys,
} from '../../lib/dependencies.ts';
import { applyAccountEvent } from '../../lib/flows/apply-account-event.ts';
import { busEvent, listener, onEvent } from '../../lib/middleware/pipeline.ts';

/** The company's event bus: `account.changed` brings an account in step with the company's account system. */
export const create = (provided: Provide<WithKeys & WithPhoneKeys & WithBus>) =>
  listener<EventBridgeEvent<'account.changed', unknown>>()
    .use(busEvent(provided))
    .handler(onEvent(applyAccountEvent));
export const handler = create(provide(keys, phoneKeys, bus));
