import type { DynamoDBStreamEvent } from 'aws-lambda';
import {
  bus,
  keys,
  mail,
  noticeQueue,
  type Provide,
  provide,
  sms,
  type WithBus,
  type WithKeys,
  type WithMail,
  type WithNoticeQueue,
  type WithSms,
} from '../../lib/dependencies.ts';
import { notify } from '../../lib/flows/notify.ts';
import { batch, consumer, eachRecord } from '../../lib/middleware/pipeline.ts';

/** The table's stream: notifies owners of links, unlinks, new devices, freezes and spent guesses, and the bus of changes. */
export const create = (provided: Provide<WithKeys & WithMail & WithSms & WithBus & WithNoticeQueue>) =>
  consumer<DynamoDBStreamEvent>().use(batch(provided)).handler(eachRecord(notify));
export const handler = create(provide(keys, mail, sms, bus, noticeQueue));
