import { DAY_SECONDS, type EpochSeconds } from '../linking/rules.ts';
import type { SmsReceipt } from '../linking/sms-receipt.ts';
import { type Fragment, put, type Table } from './client.ts';
import { keys } from './keys.ts';

/** A carrier's last word comes within 72 hours, and an event is delivered for a day: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-destinations.html */
const KEPT_SECONDS = 4 * DAY_SECONDS;

/** That this became of an SMS was noted before. */
export class ReceiptKnown extends Error {
  override readonly name = 'ReceiptKnown';
}

/** That this became of an SMS was not known before. Refused with ReceiptKnown. It holds the vendor's id of the message, and nothing of whom it went to. */
export function receiptNoted(
  table: Table,
  { messageId, outcome }: Pick<SmsReceipt, 'messageId' | 'outcome'>,
  now: EpochSeconds,
): Fragment {
  const isNew = { if: 'attribute_not_exists(pk) OR expiresAt <= :now', values: { ':now': now } };
  const item = { expiresAt: now + KEPT_SECONDS };
  return put(table, keys.receipt(messageId, outcome), item, isNew, () => new ReceiptKnown());
}
