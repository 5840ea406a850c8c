import type { Channel } from '../linking/channel.ts';
import type { Delivery } from '../messages/delivery.ts';
import type { MetricName, Observer } from '../observe.ts';

const METRICS = {
  sms: { accepted: 'SmsAccepted', refused: 'SmsRefused', unknown: 'SmsUnknown' },
  mail: { accepted: 'MailAccepted', refused: 'MailRefused', unknown: 'MailUnknown' },
} as const satisfies Record<Channel, Record<Delivery['outcome'], MetricName>>;

/** Waits for what becomes of a message, counts it, and logs a failure. */
export async function observeDelivery(
  observer: Observer,
  channel: Channel,
  sending: Promise<Delivery>,
): Promise<Delivery> {
  const delivery = await sending;
  observer.count(METRICS[channel][delivery.outcome]);
  if (delivery.outcome === 'accepted') return delivery;
  // What is our own fault stays so until somebody mends it.
  const isOurs = delivery.outcome === 'refused' && delivery.fault === 'ours';
  observer[isOurs ? 'error' : 'warn']('not delivered', { channel, ...delivery });
  return delivery;
}
