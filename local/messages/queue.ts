import { createHash, randomUUID } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { type Faults, meetFaults } from '../faults.ts';
import type { ParkedEvents, Received } from './parked-events.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const LONGEST_DELAY_SECONDS = 900;
/** As infrastructure/queues.yml has them. */
const VISIBILITY_SECONDS = 180;
const MOST_RECEIVES = 20;

const requestSchema = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string().check(z.minLength(1)),
  DelaySeconds: z._default(z.int().check(z.nonnegative(), z.maximum(LONGEST_DELAY_SECONDS)), 0),
});

/** What a function on a queue returns once it has handled all it was given. */
const handledSchema = z.object({ batchItemFailures: z.array(z.unknown()).check(z.length(0)) });

/** The one queue there is, and the function that Lambda gives its messages to. */
export interface QueueOptions {
  readonly url: string;
  /** Nothing waits for longer, whatever it was sent with: nobody who tries it out waits for a quarter of an hour. */
  readonly longestDelaySeconds: number;
  /** Runs the function. @returns what it returned */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function toRecord(messageId: string, body: string, receives: number): SQSRecord {
  const now = String(Date.now());
  return {
    messageId,
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: now,
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: {},
    md5OfBody: md5(body),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:local:000000000000:DeferredNotices',
    awsRegion: 'local',
  };
}

/** A queue that a function is on: each message is delivered after its delay, and again later if that failed. */
export class LocalQueue {
  readonly #options: QueueOptions | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: QueueOptions | undefined) {
    this.#options = options;
  }

  get url(): string | undefined {
    return this.#options?.url;
  }

  send(messageId: string, body: string, delaySeconds: number, receives = 1): void {
    const seconds = Math.min(delaySeconds, this.#options?.longestDelaySeconds ?? 0);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(messageId, body, receives);
    }, seconds * 1000);
    this.#timers.add(timer.unref());
  }

  /** Forgets what waits. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #deliver(messageId: string, body: string, receives: number): Promise<void> {
    const event = { Records: [toRecord(messageId, body, receives)] };
    const reply = await this.#options?.invoke(event).catch(() => undefined);
    if (!handledSchema.safeParse(reply).success && receives < MOST_RECEIVES)
      this.send(messageId, body, VISIBILITY_SECONDS, receives + 1);
  }
}

const operationOf = (context: Context): string =>
  (context.req.header('x-amz-target') ?? '').replace('AmazonSQS.', '');

function answer(context: Context, status: 200 | 400, body: object): Response {
  context.header('x-amzn-requestid', randomUUID());
  return context.body(JSON.stringify(body), status, { 'content-type': CONTENT_TYPE });
}

const fail = (context: Context, type: string | number, message: string) =>
  answer(context, 400, { __type: `com.amazonaws.sqs#${type}`, message });

const RECEIVED_MAX = 10;
const VISIBILITY_MAX_SECONDS = 43_200;
const DEFAULT_VISIBILITY_SECONDS = 30;

const seconds = z.int().check(z.nonnegative(), z.maximum(VISIBILITY_MAX_SECONDS));
const receiveSchema = z.object({
  QueueUrl: z.string(),
  MaxNumberOfMessages: z._default(z.int().check(z.gte(1), z.lte(RECEIVED_MAX)), 1),
  VisibilityTimeout: z._default(seconds, DEFAULT_VISIBILITY_SECONDS),
});
const receiptSchema = z.object({
  QueueUrl: z.string(),
  ReceiptHandle: z.string(),
  VisibilityTimeout: z.optional(seconds),
});

function toMessage({ messageId, receipt, event, reason, sentAtMilliseconds }: Received) {
  const body = JSON.stringify(event);
  return {
    MessageId: messageId,
    ReceiptHandle: receipt,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: { SentTimestamp: String(sentAtMilliseconds) },
    // As Lambda says why.
    MessageAttributes: { ErrorMessage: { DataType: 'String', StringValue: reason } },
  };
}

/** A call, read: which queue it is for, and how to carry it out. */
interface Call {
  readonly url: string;
  readonly run: () => object;
}

function sendTo(queue: LocalQueue, request: unknown): Call {
  const { QueueUrl: url, MessageBody: body, DelaySeconds: delay } = requestSchema.parse(request);
  const run = () => {
    const MessageId = randomUUID();
    queue.send(MessageId, body, delay);
    return { MessageId, MD5OfMessageBody: md5(body) };
  };
  return { url, run };
}

function receiveFrom(parked: ParkedEvents, request: unknown): Call {
  const given = receiveSchema.parse(request);
  const { MaxNumberOfMessages: count, VisibilityTimeout: hidden } = given;
  const run = () => ({ Messages: parked.receive(count, hidden).map(toMessage) });
  return { url: given.QueueUrl, run };
}

function deleteFrom(parked: ParkedEvents, request: unknown): Call {
  const { QueueUrl: url, ReceiptHandle: receipt } = receiptSchema.parse(request);
  const run = () => {
    parked.remove(receipt);
    return {};
  };
  return { url, run };
}

function hideIn(parked: ParkedEvents, request: unknown): Call {
  const {
    QueueUrl: url,
    ReceiptHandle: receipt,
    VisibilityTimeout: hidden = 0,
  } = receiptSchema.parse(request);
  const run = () => {
    parked.hide(receipt, hidden);
    return {};
  };
  return { url, run };
}

/** What can be done with what is parked. */
const ON_PARKED: Readonly<Record<string, (parked: ParkedEvents, request: unknown) => Call>> = {
  ReceiveMessage: receiveFrom,
  DeleteMessage: deleteFrom,
  ChangeMessageVisibility: hideIn,
};

/** Where account events are parked, beside the queue that has this address. */
export const parkedUrl = (queueUrl: string): string => new URL('ParkedAccountEvents', queueUrl).href;

/**
 * Stands in for Amazon SQS: one queue that notices are sent to, and one that parked events are received from.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */
export function createQueueApp(queue: LocalQueue, parked: ParkedEvents, faults: Faults): Hono {
  const app = new Hono();
  app.post(
    '/',
    meetFaults(faults, operationOf, (context, type) => fail(context, type, 'injected fault')),
    async (context) => {
      const name = operationOf(context);
      const onParked = ON_PARKED[name];
      if (name !== 'SendMessage' && onParked === undefined)
        return fail(context, 'UnsupportedOperation', 'No such operation.');
      let call: Call;
      try {
        const request = await context.req.json();
        call = onParked ? onParked(parked, request) : sendTo(queue, request);
      } catch {
        return fail(context, 'InvalidParameterValue', 'The message is not of the right form.');
      }
      const url = queue.url && (onParked ? parkedUrl(queue.url) : queue.url);
      if (call.url !== url) return fail(context, 'QueueDoesNotExist', 'The specified queue does not exist.');
      return answer(context, 200, call.run());
    },
  );
  return app;
}
