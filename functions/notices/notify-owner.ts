import {
  bus,
  keys,
  mail,
  type Provide,
  provide,
  sms,
  type WithBus,
  type WithKeys,
  type WithMail,
  type WithSms,
} from '../../lib/dependencies.ts';
import { notify } from '../../lib/flows/notify.ts';
import { consumer, eachRecord, stream } from '../../lib/middleware/pipeline.ts';

/** The table's stream: notifies owners of links, unlinks, new devices, freezes and spent guesses, and the bus of changes. */
export const create = (provided: Provide<WithKeys & WithMail & WithSms & WithBus>) =>
  consumer().use(stream(provided)).handler(eachRecord(notify));
export const handler = create(provide(keys, mail, sms, bus));
