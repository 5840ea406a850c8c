import type { Core } from '../dependencies.ts';
import type { Channel, Destination } from '../linking/channel.ts';
import { countryOf } from '../linking/spending.ts';
import type { Delivery } from '../messages/delivery.ts';
import type { MetricName } from '../observe.ts';

const METRICS = {
  sms: { accepted: 'SmsAccepted', refused: 'SmsRefused', unknown: 'SmsUnknown' },
  mail: { accepted: 'MailAccepted', refused: 'MailRefused', unknown: 'MailUnknown' },
} as const satisfies Record<Channel, Record<Delivery['outcome'], MetricName>>;

/**
 * Waits for what becomes of a message, counts it and each refusal before it, and logs failures.
 *
 * @param destination an SMS is counted by its country, as its receipt will be, and of the number no more is told than that
 */
export async function observeDelivery(
  { observer, settings }: Pick<Core, 'observer' | 'settings'>,
  { by: channel, to }: Destination,
  sending: Promise<Delivery>,
): Promise<Delivery> {
  const delivery = await sending;
  const country = channel === 'sms' ? countryOf(to, settings.spending.smsCountries) : undefined;
  for (const { earlier: _earlier, ...one } of [...(delivery.earlier ?? []), delivery]) {
    const metric = METRICS[channel][one.outcome];
    observer.count(metric, country && one.vendor ? { country, vendor: one.vendor } : undefined);
    if (one.outcome === 'accepted') continue;
    // What is our own fault stays so until somebody mends it.
    const isOurs = one.outcome === 'refused' && one.fault === 'ours';
    observer[isOurs ? 'error' : 'warn']('not delivered', { channel, ...one });
  }
  return delivery;
}
