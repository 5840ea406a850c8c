import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

/** Longer than it takes to send what was received together. */
const HIDDEN_SECONDS = 120;
const RECEIVED_MAX = 10;
const SHOWN_MAX = 200;
/** Asks all servers of the queue: a short poll may find nothing where there is something. */
const WAIT_SECONDS = 2;

const eventSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.unknown()),
});
type ParkedEvent = z.infer<typeof eventSchema>;

/** Where events are parked, and where they are sent to again. */
export interface RedriveOptions {
  readonly queue: SQSClient;
  readonly queueUrl: string;
  readonly bus: EventBridgeClient;
  readonly busName: string;
  /** Sends nothing, and only says what there is. */
  readonly isDryRun: boolean;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Redriven {
  /** What is parked, or was. */
  readonly found: number;
  readonly sent: number;
}

function readEvent({ Body: body = '' }: Message): ParkedEvent | undefined {
  try {
    return eventSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** A value of somebody else's event: at most a few characters of it, and none that get at a terminal. */
const shown = (value: unknown): string => JSON.stringify(value ?? null).slice(0, SHOWN_MAX);

/** Which event it is, when it was parked, and why, as Lambda or EventBridge say. Nothing else of what it holds is shown. */
function describe(message: Message, event: ParkedEvent | undefined): string {
  const { Attributes: attributes = {}, MessageAttributes: more = {} } = message;
  const at = new Date(Number(attributes.SentTimestamp ?? 0)).toISOString();
  const { accountId, revision, status } = event?.detail ?? {};
  const what = event
    ? `account ${shown(accountId)}, revision ${shown(revision)}, status ${shown(status)}`
    : `message ${message.MessageId} is no event`;
  const reason = more['ErrorMessage'] ?? more['ERROR_MESSAGE'];
  return `${at}  ${what}: ${shown(reason?.StringValue ?? 'no reason is known')}`;
}

/** What this run has in its hands. */
class Redrive {
  readonly #options: RedriveOptions;
  readonly #seen = new Set<string>();
  /** What was sent. One that comes again was parked again, and would go round for ever. */
  readonly #sent = new Set<string>();
  /** Received, and not sent: they are put back in sight in the end. */
  readonly #held: string[] = [];
  #found = 0;

  constructor(options: RedriveOptions) {
    this.#options = options;
  }

  async run(): Promise<Redriven> {
    try {
      for (let messages = await this.#receive(); messages.length > 0; messages = await this.#receive())
        for (const message of messages) await this.#handle(message);
    } finally {
      for (const receipt of this.#held) await this.#reveal(receipt);
    }
    return { found: this.#found, sent: this.#sent.size };
  }

  /** None once all have been seen, or somebody has asked for an end. */
  async #receive(): Promise<Message[]> {
    const { queue, queueUrl, signal } = this.#options;
    if (signal.aborted) return [];
    const { Messages: messages = [] } = await queue.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: RECEIVED_MAX,
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp'],
        MessageAttributeNames: ['All'],
      }),
    );
    for (const { ReceiptHandle: receipt = '' } of messages) this.#held.push(receipt);
    const fresh = messages.filter(({ MessageId: id = '' }) => !this.#seen.has(id));
    for (const { MessageId: id = '' } of fresh) this.#seen.add(id);
    return fresh;
  }

  async #handle(message: Message): Promise<void> {
    const { isDryRun, print, signal } = this.#options;
    const event = readEvent(message);
    const content = JSON.stringify(event?.detail);
    if (signal.aborted || this.#sent.has(content)) return;
    this.#found += 1;
    print(describe(message, event));
    if (isDryRun || event === undefined) return;
    await this.#send(event);
    this.#sent.add(content);
    await this.#remove(message);
  }

  async #send({ source, 'detail-type': type, detail }: ParkedEvent): Promise<void> {
    const { bus, busName } = this.#options;
    const entry = { EventBusName: busName, Source: source, DetailType: type, Detail: JSON.stringify(detail) };
    const { FailedEntryCount: failed = 0, Entries: entries } = await bus.send(
      new PutEventsCommand({ Entries: [entry] }),
    );
    if (failed > 0) throw new Error(`the bus did not take it (${entries?.[0]?.ErrorCode})`);
  }

  /** Only after it was sent: one that is sent twice changes nothing. */
  async #remove({ ReceiptHandle: receipt = '' }: Message): Promise<void> {
    const { queue, queueUrl } = this.#options;
    await queue.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    this.#held.splice(this.#held.indexOf(receipt), 1);
  }

  /** Without that it comes back into sight by itself, later. */
  async #reveal(receipt: string): Promise<void> {
    const { queue, queueUrl } = this.#options;
    const input = { QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
    await queue.send(new ChangeMessageVisibilityCommand(input)).catch(() => undefined);
  }
}

/**
 * Sends what is parked again, each event once, and takes it out of the queue as soon as the bus has it. If it is cut short, what was not sent is still
 * parked, and at most one event is sent again next time, which changes nothing.
 *
 * @throws what the queue or the bus fails with; what was sent by then is sent
 */
export const redrive = (options: RedriveOptions): Promise<Redriven> => new Redrive(options).run();
