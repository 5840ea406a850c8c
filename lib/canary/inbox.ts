import type {
  DeleteMessageBatchCommandInput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { AwsClient } from '../aws/client.ts';
import { SQS } from '../aws/services.ts';
import { readMailText } from './mail-text.ts';

export interface CanaryMail {
  /** When it was received, in milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** A mailbox that the canary alone reads. */
export interface CanaryInbox {
  /** Waits a while for mail, and takes it out: nothing comes twice. */
  receive(): Promise<readonly CanaryMail[]>;
}

/**
 * What SES publishes of a mail that it received, by a rule with an SNS action:
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
const received = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({ timestamp: z.string() }),
  content: z.string(),
});

/** The longest that SQS lets somebody wait for a message. */
const WAIT_SECONDS = 20;

/** Its request lasts as long as it waits. */
export const createInboxClient = () =>
  new AwsClient(SQS, {
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: (WAIT_SECONDS + 5) * 1_000,
      throwOnRequestTimeout: true,
    },
  });

/** What is no mail is left out: SES also says once that it has been set up. */
function parseMail(body: string): CanaryMail[] {
  const { mail, content } = received.safeParse(JSON.parse(body)).data ?? {};
  if (mail === undefined || content === undefined) return [];
  const text = readMailText(Buffer.from(content, 'base64').toString('latin1'));
  return text === undefined ? [] : [{ at: Date.parse(mail.timestamp), text }];
}

/** Amazon SQS, ReceiveMessage: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export function createSqsInbox(
  client: Pick<AwsClient, 'send'>,
  { url }: { readonly url: string },
): CanaryInbox {
  return {
    async receive() {
      const { Messages: messages = [] } = await client.send<ReceiveMessageCommandOutput>('ReceiveMessage', {
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: WAIT_SECONDS,
      } satisfies ReceiveMessageCommandInput);
      if (messages.length === 0) return [];
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await client.send('DeleteMessageBatch', {
        QueueUrl: url,
        Entries,
      } satisfies DeleteMessageBatchCommandInput);
      return messages.flatMap(({ Body = '' }) => parseMail(Body));
    },
  };
}
