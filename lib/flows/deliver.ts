import { Problem } from '../linking/problem.ts';
import type { Delivery } from '../messages/delivery.ts';
import { describeError, type MetricName, type Observer } from '../observe.ts';

const METRICS = {
  sms: { accepted: 'SmsAccepted', refused: 'SmsRefused', unknown: 'SmsUnknown' },
  mail: { accepted: 'MailAccepted', refused: 'MailRefused', unknown: 'MailUnknown' },
} as const satisfies Record<string, Record<Delivery['outcome'], MetricName>>;

/** Sends and counts what came of it. */
export async function send(
  observer: Observer,
  channel: 'sms' | 'mail',
  sending: Promise<Delivery>,
): Promise<Delivery> {
  const delivery = await sending;
  observer.count(METRICS[channel][delivery.outcome]);
  if (delivery.outcome !== 'accepted') observer.warn('not delivered', { channel, ...delivery });
  return delivery;
}

/**
 * Sends a code whose challenge is stored. A refusal takes back what the sending took; an unknown outcome does not: the message
 * may be on its way.
 *
 * @throws Problem `delivery_failed`
 */
export async function deliverCode(
  observer: Observer,
  channel: 'sms' | 'mail',
  { sending, undoSending }: { sending: Promise<Delivery>; undoSending: () => Promise<void> },
): Promise<void> {
  const { outcome } = await send(observer, channel, sending);
  if (outcome === 'accepted') return;
  if (outcome === 'refused') {
    // What can't be given back stays spent: the guards err on the side of sending less.
    await undoSending().catch((error: unknown) =>
      observer.error('a refused sending was not taken back', describeError(error)),
    );
  }
  throw new Problem('delivery_failed');
}
