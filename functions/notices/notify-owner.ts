import {
  bus,
  type Core,
  hmacKey,
  mail,
  provide,
  sms,
  type WithBus,
  type WithHmacKey,
  type WithMail,
  type WithSms,
} from '../../lib/dependencies.ts';
import { notify } from '../../lib/flows/notify.ts';
import { createStreamHandler } from '../../lib/stream/handler.ts';

/** The table's stream: tells owners of links, unlinks, new devices, freezes and spent guesses, and the bus of changes. */
export const consume = notify;

export const handler = createStreamHandler<Core & WithHmacKey & WithMail & WithSms & WithBus>(
  consume,
  provide(hmacKey, mail, sms, bus),
);
