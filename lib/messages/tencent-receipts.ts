import * as z from 'zod/mini';
import type { SmsReceipt } from '../linking/sms-receipt.ts';
import { countryOf } from '../linking/spending.ts';
import { type TencentService, tencentCalls } from '../tencent/call.ts';
import { PostError } from '../tencent/post.ts';
import { TENCENT_SMS_VERSION } from './tencent-sms.ts';

/** As many as one call gives. */
export const RECEIPTS_PER_PULL = 100;

/** Gives the receipts that a vendor keeps until they are asked for. What was given once is not given again. */
export interface ReceiptSource {
  /** @returns at most `RECEIPTS_PER_PULL`. @throws ReceiptsRefused, PostError */
  pull(): Promise<readonly SmsReceipt[]>;
}

/** Tencent gives no receipts. `reason` is its code, or why there was no answer, which hold nothing of what was sent. */
export class ReceiptsRefused extends Error {
  override readonly name = 'ReceiptsRefused';
  readonly reason: string;

  constructor(reason: string) {
    super('no receipts');
    this.reason = reason;
  }
}

const replySchema = z.object({
  Response: z.object({
    PullSmsSendStatusSet: z.optional(
      z.nullable(
        z.array(z.object({ ReportStatus: z.string(), PhoneNumber: z.string(), SerialNo: z.string() })),
      ),
    ),
    Error: z.optional(z.object({ Code: z.string() })),
  }),
});

/** A code is words with full stops: anything else is none, and is not told. */
const CODE = /^[A-Za-z.]{1,80}$/;

/** What Tencent says: `FAIL` for all that did not arrive, and why in `Description`, which is each carrier's own. */
const OUTCOMES: ReadonlyMap<string, SmsReceipt['outcome']> = new Map([
  ['SUCCESS', 'delivered'],
  ['FAIL', 'undelivered'],
]);

/**
 * Receipts of Tencent Cloud SMS, PullSmsSendStatus: https://cloud.tencent.com/document/product/382/55977. It has to be asked for of Tencent's
 * support. Its callback, which is the other way, is not signed: anybody could send one.
 *
 * @param settings.appId the SdkAppId that the messages are sent with
 * @param settings.countries the calling codes that receipts are counted by, each apart; all others together
 * @param clock milliseconds since 1970
 */
export function createTencentReceipts(
  settings: Omit<TencentService, 'service' | 'version'> & {
    readonly appId: string;
    readonly countries: readonly string[];
  },
  fetch: typeof globalThis.fetch,
  clock: () => number,
): ReceiptSource {
  const { appId, countries, ...service } = settings;
  const call = tencentCalls({ ...service, service: 'sms', version: TENCENT_SMS_VERSION }, fetch, clock);
  return {
    async pull() {
      const request = { SmsSdkAppId: appId, Limit: RECEIPTS_PER_PULL };
      const { Response: reply } = await call('PullSmsSendStatus', request, replySchema).catch((error) => {
        throw error instanceof PostError ? new ReceiptsRefused(error.code ?? error.reason) : error;
      });
      if (reply.Error) throw new ReceiptsRefused(CODE.test(reply.Error.Code) ? reply.Error.Code : 'Error');
      return (reply.PullSmsSendStatusSet ?? []).flatMap(
        ({ ReportStatus: status, PhoneNumber: number, SerialNo: messageId }) => {
          const outcome = OUTCOMES.get(status);
          return outcome ? [{ outcome, messageId, country: countryOf(number, countries) }] : [];
        },
      );
    },
  };
}
