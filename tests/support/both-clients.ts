import { Readable } from 'node:stream';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as smsVoice from '@aws-sdk/client-pinpoint-sms-voice-v2';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as lib from '@aws-sdk/lib-dynamodb';
import { HttpResponse } from '@smithy/core/protocols';
import { type AwsApi, AwsClient, type AwsClientSettings, type SendOptions } from '../../lib/aws/client.ts';
import { EVENTBRIDGE, SMS_VOICE, SQS, SSM } from '../../lib/aws/services.ts';
import { DocumentClient, type DocumentOperations, DYNAMODB } from '../../lib/table/documents.ts';
import { NO_PAUSE } from './network.ts';

/** What both clients have alike. */
export interface Asking {
  send<Output extends object>(operation: string, input: object, options?: SendOptions): Promise<Output>;
  destroy(): void;
}

/** A request as it leaves, its headers by their names in lower case. */
export interface Sent {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes an error anew: both clients write into those they get. */
export type Failure = () => Error;

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is read of it, or what breaks it off. */
  readonly body: string | Failure;
}

interface Request {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** Takes note of what is sent, and answers each request by `reply`, or fails as a connection does. */
function recorder() {
  const network: { sent: Sent[]; reply: Reply | Failure } = { sent: [], reply: () => new Error('no reply') };
  const handle = async ({ method, protocol, hostname, port, path, headers, body }: Request) => {
    network.sent.push({
      method,
      origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      path,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: typeof body === 'string' ? body : new TextDecoder().decode(body),
    });
    const { reply } = network;
    if (typeof reply === 'function') throw reply();
    const { status: statusCode, headers: replied = {}, body: text } = reply;
    const chunks = async function* () {
      if (typeof text === 'function') throw text();
      // In two parts, as the network may have it.
      const bytes = Buffer.from(text);
      yield bytes.subarray(0, 7);
      yield bytes.subarray(7);
    };
    const response = new HttpResponse({
      statusCode,
      headers: { ...replied },
      body: Readable.from(chunks()),
    });
    return { response };
  };
  const requestHandler = { handle, destroy: () => undefined } as never;
  return Object.assign(network, { requestHandler });
}

type Settings = AwsClientSettings & { readonly region: string };
type Constructor = new (argument: never) => object;

/** A client of the SDK that is asked as ours is. */
function bySdk(
  client: dynamodb.DynamoDBClient,
  commandOf: (operation: string) => string,
  commands: object,
): Asking {
  const { config } = client;
  const { retryStrategy } = config;
  config.retryStrategy = async () => Object.assign(await retryStrategy(), { retryBackoffStrategy: NO_PAUSE });
  return {
    send(operation, input, options) {
      const Command = (commands as Record<string, Constructor>)[commandOf(operation)] as Constructor;
      return client.send(new Command(input as never) as never, options) as never;
    },
    destroy: () => client.destroy(),
  };
}

export const SERVICE_NAMES = ['DynamoDB', 'SSM', 'SQS', 'EventBridge', 'End User Messaging'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Each service: how it is asked by ours, and by the SDK. */
const SERVICES: Readonly<
  Record<
    ServiceName,
    { api: AwsApi; ours: (settings: Settings) => Asking; sdk: (settings: Settings) => Asking }
  >
> = {
  DynamoDB: {
    api: DYNAMODB,
    ours: (settings) => {
      const client = new DocumentClient(settings);
      Object.assign(client.connection.retryStrategy, { retryBackoffStrategy: NO_PAUSE });
      return {
        send: (operation, input, options) =>
          client.send(operation as keyof DocumentOperations, input as never, options) as never,
        destroy: () => client.destroy(),
      };
    },
    sdk: (settings) => {
      const client = new dynamodb.DynamoDBClient(settings as never);
      const documents = lib.DynamoDBDocumentClient.from(client, {
        marshallOptions: { removeUndefinedValues: true },
      });
      // The document client's commands are called after the operations, but for what they say of items.
      const commandOf = (operation: string) => `${operation.replace(/Items?$/, '')}Command`;
      return bySdk(documents as never, commandOf, lib);
    },
  },
  SSM: service(SSM, ssm.SSMClient, ssm),
  SQS: service(SQS, sqs.SQSClient, sqs),
  EventBridge: service(EVENTBRIDGE, eventbridge.EventBridgeClient, eventbridge),
  'End User Messaging': service(SMS_VOICE, smsVoice.PinpointSMSVoiceV2Client, smsVoice),
};

function service(api: AwsApi, Client: Constructor, commands: object) {
  return {
    api,
    ours: (settings: Settings) => {
      const client = new AwsClient(api, settings);
      Object.assign(client.retryStrategy, { retryBackoffStrategy: NO_PAUSE });
      return client;
    },
    sdk: (settings: Settings) =>
      bySdk(new Client(settings as never) as never, (operation) => `${operation}Command`, commands),
  };
}

export interface Side {
  readonly client: Asking;
  readonly network: ReturnType<typeof recorder>;
}

/** How often a request is tried at most. */
export const ATTEMPTS = 5;
export const REGION = 'ap-southeast-1';
export const CREDENTIALS = {
  'a role': {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI',
    sessionToken: 'a/session+token=',
  },
  'a user': { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' },
};
export type Identity = keyof typeof CREDENTIALS;

/** Both clients of a service, each on a network of its own. */
export function connectBoth(
  name: ServiceName,
  { identity = 'a role', region = REGION }: { readonly identity?: Identity; readonly region?: string } = {},
) {
  const credentials = async () => CREDENTIALS[identity];
  const connect = (make: (settings: Settings) => Asking): Side => {
    const network = recorder();
    const { requestHandler } = network;
    return { client: make({ region, credentials, maxAttempts: ATTEMPTS, requestHandler }), network };
  };
  const { api, ours, sdk } = SERVICES[name];
  return { api, ours: connect(ours), sdk: connect(sdk) };
}

/** Both clients of a service, on a network that is there. */
export function connectBothTo(
  name: ServiceName,
  settings: Pick<Settings, 'endpoint' | 'requestHandler' | 'maxAttempts'>,
) {
  const all = { ...settings, region: REGION, credentials: async () => CREDENTIALS['a role'] };
  const { ours, sdk } = SERVICES[name];
  return { ours: ours(all), sdk: sdk(all) };
}

export type Act = (client: Asking) => Promise<unknown>;

/** @returns what was sent, and what came of it: an output, or what was thrown */
export async function ask({ client, network }: Side, act: Act, reply: Reply | Failure) {
  network.sent = [];
  network.reply = reply;
  const outcome: unknown = await act(client).catch((error: unknown) => error);
  return { sent: network.sent, outcome };
}

export async function askBoth(
  { ours, sdk }: Readonly<Record<'ours' | 'sdk', Side>>,
  act: Act,
  reply: Reply | Failure,
) {
  return { ours: await ask(ours, act, reply), sdk: await ask(sdk, act, reply) };
}

/** Something to ask each service for. */
export const ANY_REQUEST: Readonly<Record<ServiceName, Act>> = {
  DynamoDB: (client) => client.send('GetItem', { TableName: 't', Key: {} }),
  SSM: (client) => client.send('GetParameters', {}),
  SQS: (client) => client.send('SendMessage', {}),
  EventBridge: (client) => client.send('PutEvents', {}),
  'End User Messaging': (client) => client.send('SendTextMessage', {}),
};
