import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { AwsClient } from '../aws/client.ts';
import { ASIDE, SQS } from '../aws/services.ts';
import type { AccountId } from '../linking/account.ts';
import type { EpochSeconds } from '../linking/rules.ts';

const tries = z.int().check(z.nonnegative());
const pendingSchema = z.union([
  z.strictObject({ accountId: z.string(), noticeId: z.string(), tries }),
  z.strictObject({ addressKey: z.string(), lockedAt: z.int(), tries }),
]);

/**
 * What an owner is still to be notified of, a notice or that an address is locked, and how often that was tried. It only names what is in
 * the table: whom it goes to and what it says is read there.
 */
export type PendingNotice =
  | { readonly accountId: AccountId; readonly noticeId: string; readonly tries: number }
  | { readonly addressKey: string; readonly lockedAt: EpochSeconds; readonly tries: number };

/** Where notices wait for another try. */
export interface NoticeQueue {
  /** @param delaySeconds 900 at most. Rejects if it may not be in the queue. */
  defer(pending: PendingNotice, delaySeconds: number): Promise<void>;
}

/** @throws ZodError if we never wrote it */
export function parsePending(body: string): PendingNotice {
  return pendingSchema.parse(JSON.parse(body)) as PendingNotice;
}

export const createSqsClient = () => new AwsClient(SQS, ASIDE);

/** Amazon SQS, SendMessage: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function createNoticeQueue(
  client: Pick<AwsClient, 'send'>,
  { url }: { readonly url: string },
): NoticeQueue {
  return {
    async defer(pending, delaySeconds) {
      await client.send('SendMessage', {
        QueueUrl: url,
        MessageBody: JSON.stringify(pending),
        DelaySeconds: delaySeconds,
      } satisfies SendMessageCommandInput);
    },
  };
}
