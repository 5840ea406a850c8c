import type { PhoneNumber } from '../linking/phone.ts';
import type { Delivery } from './delivery.ts';
import type { SmsSender } from './sms.ts';

/** Who sends SMS. */
export const SMS_VENDORS = ['aws', 'tencent'] as const;
export type SmsVendor = (typeof SMS_VENDORS)[number];

/** Which numbers a vendor sends to. */
export interface SmsRoute {
  /** A calling code, or a longer prefix, without +; '' is every number. */
  readonly prefix: string;
  readonly vendor: SmsVendor;
}

/** The vendors of a number, the first one first: those of the longest prefix, and in the order given. */
export function vendorsFor(routes: readonly SmsRoute[], to: PhoneNumber): readonly SmsVendor[] {
  const matching = routes
    .filter(({ prefix }) => to.startsWith(`+${prefix}`))
    .toSorted((one, other) => other.prefix.length - one.prefix.length);
  return [...new Set(matching.map(({ vendor }) => vendor))];
}

/**
 * Whether the next vendor may be asked: only where it is certain that nothing went out, and not where that is because of the number. What
 * it has opted out of, what our own configuration bars and what it has had enough of is not for another to send.
 */
function mayAskAnother(delivery: Delivery): boolean {
  return delivery.outcome === 'refused' && (delivery.another ?? delivery.fault !== 'recipient');
}

/** Sends each message with the vendors of its number, one after the other until it is not refused. */
export function createRoutedSms(
  routes: readonly SmsRoute[],
  senders: Readonly<Partial<Record<SmsVendor, SmsSender>>>,
): SmsSender {
  const sendersFor = (to: PhoneNumber) =>
    vendorsFor(routes, to).flatMap((vendor) => {
      const sender = senders[vendor];
      return sender ? [{ vendor, sender }] : [];
    });
  return {
    takesLinks: (to) => sendersFor(to).every(({ sender }) => sender.takesLinks(to)),
    async send(message) {
      const earlier: Delivery[] = [];
      for (const { vendor, sender } of sendersFor(message.to)) {
        const delivery: Delivery = { ...(await sender.send(message)), vendor };
        earlier.push(delivery);
        if (!mayAskAnother(delivery)) break;
      }
      const last = earlier.pop() ?? { outcome: 'refused', reason: 'NoRoute', fault: 'ours' };
      return earlier.length > 0 ? { ...last, earlier } : last;
    },
  };
}
