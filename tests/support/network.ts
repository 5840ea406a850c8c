import { Readable } from 'node:stream';
import type { World } from './world.ts';

/** One request on its way to DynamoDB: one of several tries. */
export interface NetworkCall {
  readonly command: string;
  readonly body: string;
  /** The ClientRequestToken of a transaction. */
  readonly token: string | undefined;
}

interface NetworkReply {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
  };
}

export type OnTheWire = (call: NetworkCall, proceed: () => Promise<NetworkReply>) => Promise<NetworkReply>;

interface NetworkRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Puts itself between the service, its retries included, and DynamoDB. */
export class Network {
  onTheWire: OnTheWire | undefined;

  constructor({ table }: Pick<World, 'table'>) {
    const { requestHandler: handler } = table.documents.connection;
    const handle = handler.handle.bind(handler) as (
      request: NetworkRequest,
      options?: object,
    ) => Promise<NetworkReply>;
    Object.assign(handler, {
      handle: (request: NetworkRequest, options?: object) => {
        const command = (request.headers['x-amz-target'] ?? '').replace(/.*\./, '');
        const { body } = request;
        if (this.onTheWire === undefined) return handle(request, options);
        const token =
          command === 'TransactWriteItems' ? String(JSON.parse(body).ClientRequestToken) : undefined;
        return this.onTheWire({ command, body, token }, () => handle(request, options));
      },
    });
  }

  async during<Result>(onTheWire: OnTheWire, action: () => Promise<Result>): Promise<Result> {
    this.onTheWire = onTheWire;
    try {
      return await action();
    } finally {
      this.onTheWire = undefined;
    }
  }
}

export const NO_PAUSE = { setDelayBase: () => undefined, computeNextBackoffDelay: () => 0 };

/** Has what is retried be so at once, as often as ever: nobody else is in the way, and the pauses are the SDK's own to prove. */
export function withoutPauses({ table }: Pick<World, 'table'>): void {
  Object.assign(table.documents.connection.retryStrategy, { retryBackoffStrategy: NO_PAUSE });
}

/** What DynamoDB answers when it refuses. */
export function refusal(statusCode: number, name: string, more: object = {}): NetworkReply {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: 'injected',
    ...more,
  });
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { response: { statusCode, headers, body: Readable.from([Buffer.from(body)]) } };
}

/** A transaction that met another at its first item. */
export function conflict({ body }: NetworkCall): NetworkReply {
  const items = JSON.parse(body).TransactItems as unknown[];
  const CancellationReasons = items.map((_item, index) => ({
    Code: index === 0 ? 'TransactionConflict' : 'None',
  }));
  return refusal(400, 'TransactionCanceledException', { CancellationReasons });
}

/** Lets a call take effect without an answer. It is read nevertheless: its connection is free for others only then. */
export async function unheard(proceed: () => Promise<NetworkReply>): Promise<void> {
  const { response } = await proceed();
  (response.body as Readable).resume();
}

/** The connection broke. */
export function reset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** What one try may meet that the SDK's own retries get over, so that nobody sees it. */
export const PASSING: Readonly<Record<string, OnTheWire>> = {
  'met another transaction': async (call, proceed) => (call.token === undefined ? proceed() : conflict(call)),
  'was throttled': async () => refusal(400, 'ProvisionedThroughputExceededException'),
  'broke its connection': async () => {
    throw reset();
  },
  'broke its connection once it had taken effect': async (_call, proceed) => {
    await unheard(proceed);
    throw reset();
  },
};
