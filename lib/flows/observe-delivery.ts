import type { Channel } from '../linking/channel.ts';
import type { Delivery } from '../messages/delivery.ts';
import type { MetricName, Observer } from '../observe.ts';

const METRICS = {
  sms: { accepted: 'SmsAccepted', refused: 'SmsRefused', unknown: 'SmsUnknown' },
  mail: { accepted: 'MailAccepted', refused: 'MailRefused', unknown: 'MailUnknown' },
} as const satisfies Record<Channel, Record<Delivery['outcome'], MetricName>>;

/** Waits for what becomes of a message, counts it and each refusal before it, and logs failures. */
export async function observeDelivery(
  observer: Observer,
  channel: Channel,
  sending: Promise<Delivery>,
): Promise<Delivery> {
  const delivery = await sending;
  for (const { earlier: _earlier, ...one } of [...(delivery.earlier ?? []), delivery]) {
    observer.count(METRICS[channel][one.outcome]);
    if (one.outcome === 'accepted') continue;
    // What is our own fault stays so until somebody mends it.
    const isOurs = one.outcome === 'refused' && one.fault === 'ours';
    observer[isOurs ? 'error' : 'warn']('not delivered', { channel, ...one });
  }
  return delivery;
}
