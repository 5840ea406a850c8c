import type { Core, WithReceiptSource } from '../dependencies.ts';
import { ReceiptsRefused } from '../messages/tencent-receipts.ts';
import { countSmsReceipt } from './count-sms-receipt.ts';

/** What is left is pulled the next time: in all 20,000 receipts, which are far more than come in five minutes. */
const PULLS_MAX = 200;
/** Well before the function's time is over: what was pulled and not counted would be lost. */
const TIME_MILLISECONDS = 15_000;

/**
 * Counts what Tencent says has become of SMS since it was asked last. What it has given it does not give again, so that each is counted at most
 * once; what a lost answer held is not counted.
 *
 * @returns how many were counted
 */
export async function pullSmsReceipts(
  _detail: unknown,
  { observer, clock, receiptSource }: Core & WithReceiptSource,
): Promise<number> {
  if (receiptSource === undefined) return 0;
  const until = clock() + TIME_MILLISECONDS;
  let counted = 0;
  try {
    for (let pulls = 0; pulls < PULLS_MAX && clock() < until; pulls += 1) {
      const receipts = await receiptSource.pull();
      for (const receipt of receipts) countSmsReceipt(observer, receipt, 'tencent');
      counted += receipts.length;
      if (receipts.length === 0) break;
    }
  } catch (error) {
    if (!(error instanceof ReceiptsRefused)) throw error;
    observer.count('SmsReceiptsFailed');
    observer.error('receipts of SMS could not be pulled', { vendor: 'tencent', reason: error.reason });
  }
  return counted;
}
