import type { Core } from '../dependencies.ts';
import { epochSeconds } from '../linking/rules.ts';
import type { SmsReceipt } from '../linking/sms-receipt.ts';
import { parseSmsEvent } from '../messages/sms-events.ts';
import type { MetricName, Observer } from '../observe.ts';
import { commit } from '../table/client.ts';
import { ReceiptKnown, receiptNoted } from '../table/receipts.ts';

const METRICS = { delivered: 'SmsDelivered', undelivered: 'SmsUndelivered' } as const satisfies Record<
  SmsReceipt['outcome'],
  MetricName
>;

/** Counts what became of an SMS, by country and by whose service it went. */
export function countSmsReceipt(
  observer: Observer,
  { outcome, country }: Pick<SmsReceipt, 'outcome' | 'country'>,
  vendor: string,
): void {
  observer.count(METRICS[outcome], { country, vendor });
}

/**
 * Counts what AWS says has become of an SMS: once, though an event may come twice, and a carrier first take a message and then bring it, each
 * of which counts as delivered where nothing else is said.
 *
 * @returns what was counted; undefined if nothing was
 */
export async function countSmsEvent(
  detail: unknown,
  { table, settings, observer, clock }: Core,
): Promise<SmsReceipt['outcome'] | undefined> {
  const receipt = parseSmsEvent(detail, settings.spending.smsCountries);
  if (receipt === undefined) return undefined;
  try {
    await commit(table, [receiptNoted(table, receipt, epochSeconds(clock))]);
  } catch (error) {
    if (error instanceof ReceiptKnown) return undefined;
    throw error;
  }
  countSmsReceipt(observer, receipt, 'aws');
  return receipt.outcome;
}
