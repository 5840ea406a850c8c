import * as z from 'zod/mini';
import type { SmsReceipt } from '../linking/sms-receipt.ts';
import { countryOf } from '../linking/spending.ts';

const SERVICE = 'account-linking';

/** What goes with an SMS, and comes back with each of its events: an event has no number, and its country by another name. */
export const receiptContext = (to: string, countries: readonly string[]) => ({
  service: SERVICE,
  country: countryOf(to, countries),
});

const eventSchema = z.object({
  eventType: z.string(),
  isFinal: z.boolean(),
  messageId: z.string(),
  destinationPhoneNumber: z.optional(z.string()),
  context: z.optional(z.record(z.string(), z.string())),
});

/**
 * A carrier says the one or the other, by country. `TEXT_UNKNOWN` is none: it says that nobody knows, for want of any event within 72 hours.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
 */
const OUTCOMES: ReadonlyMap<string, SmsReceipt['outcome']> = new Map([
  ['TEXT_DELIVERED', 'delivered'],
  ['TEXT_SUCCESSFUL', 'delivered'],
  ['TEXT_BLOCKED', 'undelivered'],
  ['TEXT_TTL_EXPIRED', 'undelivered'],
  ['TEXT_CARRIER_UNREACHABLE', 'undelivered'],
  ['TEXT_INVALID', 'undelivered'],
  ['TEXT_INVALID_MESSAGE', 'undelivered'],
  ['TEXT_CARRIER_BLOCKED', 'undelivered'],
  ['TEXT_UNREACHABLE', 'undelivered'],
  ['TEXT_SPAM', 'undelivered'],
  ['TEXT_PROTECT_BLOCKED', 'undelivered'],
]);

/**
 * An event of AWS End User Messaging about a text, as EventBridge brings it without anything being set up for it:
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/monitor-event-bridge.html
 *
 * @returns undefined for what is no receipt of ours: of another sender in the AWS account, not final, or nobody knows
 */
export function parseSmsEvent(detail: unknown, countries: readonly string[]): SmsReceipt | undefined {
  const parsed = eventSchema.safeParse(detail);
  if (!parsed.success) return undefined;
  const { eventType, isFinal, messageId, destinationPhoneNumber, context } = parsed.data;
  const outcome = OUTCOMES.get(eventType);
  const isOurs = context === undefined || context['service'] === SERVICE;
  if (outcome === undefined || !isFinal || !isOurs) return undefined;
  const country = context?.['country'] ?? countryOf(destinationPhoneNumber ?? '', countries);
  return { outcome, messageId, country };
}
