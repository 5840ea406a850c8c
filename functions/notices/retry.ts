import type { SQSEvent } from 'aws-lambda';
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
import { retryNotice } from '../../lib/flows/retry-notice.ts';
import { batch, consumer, eachMessage } from '../../lib/middleware/pipeline.ts';

/** The queue of notices that could not go out: tries again what is left to do about each. */
export const create = (provided: Provide<WithKeys & WithMail & WithSms & WithBus & WithNoticeQueue>) =>
  consumer<SQSEvent>().use(batch(provided)).handler(eachMessage(retryNotice));
export const handler = create(provide(keys, mail, sms, bus, noticeQueue));
