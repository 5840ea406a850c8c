import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Act,
  ANY_REQUEST,
  ATTEMPTS,
  type ask,
  askBoth,
  connectBoth,
  connectBothTo,
  type Failure,
  type Reply,
  SERVICE_NAMES,
  type ServiceName,
} from '../support/both-clients.ts';
import { stopClock } from '../support/stopped-clock.ts';

stopClock();

const refusal = (status: number, body: object, headers = {}): Reply => ({
  status,
  headers: { 'x-amzn-requestid': 'a-request', ...headers },
  body: JSON.stringify(body),
});

const message = 'any';
const refused = (name: string, more = {}) =>
  refusal(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more });
const cancelled = (...CancellationReasons: object[]) =>
  refusal(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: message,
    CancellationReasons,
  });
const OLD = {
  pk: { S: 'ACCOUNT#1' },
  version: { N: '7' },
  subjects: { SS: ['a'] },
  nested: { M: { list: { L: [{ BOOL: true }] } } },
};

const DYNAMODB_ERRORS: readonly (readonly [string, Reply])[] = [
  ...[
    'ConditionalCheckFailedException',
    'IdempotentParameterMismatchException',
    'ItemCollectionSizeLimitExceededException',
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'ReplicatedWriteConflictException',
    'RequestLimitExceeded',
    'ResourceNotFoundException',
    'TransactionInProgressException',
  ].map((name) => [name, refused(name)] as const),
  ...[
    'service#AccessDeniedException',
    'service#ExpiredTokenException',
    'service#IncompleteSignatureException',
    'service#InvalidSignatureException',
    'service#MissingAuthenticationTokenException',
    'service#SerializationException',
    'service#UnrecognizedClientException',
    'validate#ValidationException',
    'availability#ThrottlingException',
  ].map((name) => [name, refusal(400, { __type: `com.amazon.coral.${name}`, message })] as const),
  ['InternalServerError', { ...refused('InternalServerError'), status: 500 }],
  ['ServiceUnavailable', { ...refused('ServiceUnavailable'), status: 503 }],
  [
    'an old signature',
    refusal(400, {
      __type: 'InvalidSignatureException',
      message: 'Signature expired: 1 is now earlier than 2',
    }),
  ],
  ['two messages', refusal(400, { __type: 'SomeException', message: 'one', Message: 'another' })],
  ['a condition, with what was there', refused('ConditionalCheckFailedException', { Item: OLD })],
  ['cancelled by a condition', cancelled({ Code: 'ConditionalCheckFailed', Item: OLD }, { Code: 'None' })],
  ['cancelled by its form', cancelled({ Code: 'ValidationError', Message: 'too large' }, { Code: 'None' })],
  ['cancelled by both', cancelled({ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' })],
];

const FORMS: readonly (readonly [string, Reply])[] = [
  ['a name alone', refusal(400, { __type: 'ThrottlingException', message })],
  ['a name with an address', refusal(400, { __type: 'ThrottlingException:http://internal/', message })],
  ['a header', refusal(400, { message }, { 'x-amzn-errortype': 'ThrottlingException' })],
  ['a header with an address', refusal(400, {}, { 'x-amzn-errortype': 'ThrottlingException:http://i/,b' })],
  ['a code', refusal(400, { code: 'ThrottlingException', Message: message })],
  ['a code in capitals', refusal(400, { Code: 'com.amazon.coral#ThrottlingException' })],
  ['no name', refusal(400, { message })],
  ['an empty object', refusal(400, {})],
  ['nothing', { status: 400, body: '' }],
  ['nothing, and their fault', { status: 500, body: '' }],
  ['nothing, and too much', { status: 429, body: '' }],
  ['nothing, elsewhere', { status: 301, body: '' }],
  ['too many requests', refusal(429, { __type: 'SomeException', message })],
  ['a page', { status: 400, body: '<html>' }],
  ['a page, and no gateway', { status: 502, body: '<html>' }],
  ['a page, and not available', { status: 503, body: '<html>' }],
  ['a page, and too late', { status: 504, body: '<html>' }],
  ['a page that says it went well', { status: 200, body: '<html>' }],
  ['half an answer', { status: 200, body: '{"Item":' }],
  ['another status of theirs', refusal(501, { __type: 'SomeException', message })],
  ['an array', { status: 400, body: '[]' }],
  ['null', { status: 400, body: 'null' }],
  ['when to ask again', refusal(503, {}, { 'retry-after': '0.001' })],
  ['when to ask again, in milliseconds', refusal(503, {}, { 'x-amz-retry-after': '1' })],
  ['the request’s id in another header', { status: 400, headers: { 'x-amz-request-id': 'r' }, body: '{}' }],
];

const failure =
  (fields: object = {}, options?: ErrorOptions): Failure =>
  () =>
    Object.assign(new Error(message, options), fields);
const reset = failure({ code: 'ECONNRESET' });

const FAILURES: readonly (readonly [string, Reply | Failure])[] = [
  ...[
    'ECONNRESET',
    'ECONNREFUSED',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EACCES',
  ].map((code) => [`a connection with ${code}`, failure({ code })] as const),
  ['a time-out', failure({ code: 'ETIMEDOUT', name: 'TimeoutError' })],
  ['a time-out without a code', failure({ name: 'TimeoutError' })],
  ['an abort', failure({ name: 'AbortError' })],
  ['a mistake', failure({ name: 'TypeError' })],
  ['a cause', failure({}, { cause: reset() })],
  ['an answer that breaks', { status: 200, body: reset }],
  ['an answer that breaks otherwise', { status: 200, body: failure() }],
  ['a refusal that breaks', { status: 400, body: failure() }],
  ['a refusal of theirs that breaks', { status: 503, body: failure() }],
];

/** What the service reads of an error, and how often it was tried. */
function judged({ sent, outcome }: Awaited<ReturnType<typeof ask>>) {
  const error = outcome as Error & Readonly<Record<string, unknown>>;
  const { name, $fault, Item, CancellationReasons, Reason, Fields } = error;
  const { httpStatusCode, requestId, attempts, totalRetryDelay } = error['$metadata'] as Record<
    string,
    unknown
  >;
  return {
    isError: outcome instanceof Error,
    ...{ name, $fault, Item, CancellationReasons, Reason, Fields },
    // Below it the SDK may advise how to find out more.
    message: error.message.split('\n')[0],
    $metadata: { httpStatusCode, requestId, attempts, totalRetryDelay },
    attempts: sent.map(({ headers }) => headers['amz-sdk-request']),
  };
}

/**
 * One thing is left out: the SDK corrects its clock by the time that replies have. Lambda keeps a function's right, and a laptop's that is
 * wrong is refused by name.
 */
async function expectSameFailure(service: ServiceName, reply: Reply | Failure, act = ANY_REQUEST[service]) {
  const { ours, sdk } = await askBoth(connectBoth(service), act, reply);
  expect(judged(ours)).toEqual(judged(sdk));
}

const commit: Act = (client) =>
  client.send('TransactWriteItems', { TransactItems: [], ClientRequestToken: 'a-token' });

describe('what DynamoDB refuses is read as the SDK reads it, and tried as often', () => {
  test.each(DYNAMODB_ERRORS)('%s', async (_word, reply) => {
    await expectSameFailure('DynamoDB', reply);
    await expectSameFailure('DynamoDB', reply, commit);
  });

  test.each([
    ['a write that met a transaction', refused('TransactionConflictException')],
    ['a transaction that met one', cancelled({ Code: 'TransactionConflict' }, { Code: 'None' })],
    ['a transaction that was throttled', cancelled({ Code: 'None' }, { Code: 'ThrottlingError' })],
    ['a transaction that was too much', cancelled({ Code: 'ProvisionedThroughputExceeded', Item: OLD })],
    ['a transaction that was cancelled for no reason', refused('TransactionCanceledException')],
  ])('but %s, which the SDK takes for final, is tried again', async (_word, reply) => {
    const { ours, sdk } = await askBoth(connectBoth('DynamoDB'), commit, reply);
    expect([ours.sent.length, sdk.sent.length]).toEqual([ATTEMPTS, 1]);
    expect(new Set(ours.sent.map(({ body }) => body)).size).toBe(1);
    const { attempts: _, $metadata: __, ...error } = judged(ours);
    expect(judged(sdk)).toMatchObject(error);
  });
});

const asksKms = { 'x-amzn-query-error': 'KMS.ThrottlingException;Sender' };
const isAbsent = { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' };
const isThrottled = { 'x-amzn-query-error': 'RequestThrottled;Sender' };
const sms = (name: string, more = {}, status = 400) =>
  refusal(status, { __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, Message: message, ...more });

const OTHER_ERRORS: readonly (readonly [ServiceName, string, Reply])[] = [
  ['SSM', 'InternalServerError', refusal(500, { __type: 'InternalServerError', message })],
  ['SSM', 'InvalidKeyId', refusal(400, { __type: 'com.amazonaws.ssm#InvalidKeyId' })],
  ['SSM', 'ThrottlingException', refusal(400, { __type: 'ThrottlingException', Message: message })],
  ['SSM', 'AccessDeniedException', refusal(400, { __type: 'AccessDeniedException' })],
  [
    'SQS',
    'QueueDoesNotExist',
    refusal(400, { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message }, isAbsent),
  ],
  ['SQS', 'RequestThrottled', refusal(403, { __type: 'com.amazonaws.sqs#RequestThrottled' }, isThrottled)],
  ['SQS', 'KmsThrottled', refusal(400, { __type: 'com.amazonaws.sqs#KmsThrottled' }, asksKms)],
  ['SQS', 'InvalidMessageContents', refusal(400, { __type: 'com.amazonaws.sqs#InvalidMessageContents' })],
  ['SQS', 'ServiceUnavailable', refusal(503, { __type: 'com.amazonaws.sqs#ServiceUnavailable' })],
  ['EventBridge', 'InternalException', refusal(500, { __type: 'InternalException', message })],
  ['EventBridge', 'ThrottlingException', refusal(400, { __type: 'ThrottlingException' })],
  ['EventBridge', 'AccessDeniedException', refusal(400, { __type: 'AccessDeniedException' })],
  [
    'End User Messaging',
    'AccessDeniedException',
    sms('AccessDeniedException', { Reason: 'ACCOUNT_DISABLED' }),
  ],
  ['End User Messaging', 'ThrottlingException', sms('ThrottlingException')],
  ['End User Messaging', 'InternalServerException', sms('InternalServerException', { RequestId: 'r' }, 500)],
  [
    'End User Messaging',
    'ConflictException',
    sms('ConflictException', { Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' }),
  ],
  [
    'End User Messaging',
    'ServiceQuotaExceededException',
    sms('ServiceQuotaExceededException', { Reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT' }),
  ],
  [
    'End User Messaging',
    'ValidationException',
    sms('ValidationException', {
      Reason: 'INVALID_PARAMETER',
      Fields: [{ Name: 'DestinationPhoneNumber', Message: message }],
    }),
  ],
];

describe('so is', () => {
  test.each(OTHER_ERRORS)('what %s refuses: %s', async (service, _word, reply) => {
    await expectSameFailure(service, reply);
  });

  test.each(
    SERVICE_NAMES.flatMap((service) =>
      [...FORMS, ...FAILURES].map(([word, reply]) => [service, word, reply] as const),
    ),
  )('what comes from %s, or from what stands before it: %s', async (service, _word, reply) => {
    await expectSameFailure(service, reply);
  });
});

test('a signal that is given between two tries ends them', async () => {
  const { ours, sdk } = connectBoth('DynamoDB');
  for (const { client, network } of [ours, sdk]) {
    const controller = new AbortController();
    const broken = () => {
      controller.abort();
      return reset();
    };
    network.reply = { status: 200, body: broken };
    const asked = client.send('GetItem', { TableName: 't', Key: {} }, { abortSignal: controller.signal });
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(network.sent).toHaveLength(1);
  }
});

describe.each(['ours', 'sdk'] as const)('on the network, %s', (one) => {
  const server = createServer();
  let requests = 0;
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());
  server.on('request', () => {
    requests += 1;
  });

  const connectTo = (requestTimeout: number) => {
    requests = 0;
    return connectBothTo('DynamoDB', {
      maxAttempts: 2,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requestHandler: { connectionTimeout: 10_000, requestTimeout, throwOnRequestTimeout: true },
    })[one];
  };

  test('gives up what never answers, as often as it may try', async () => {
    const client = connectTo(50);
    await expect(ANY_REQUEST.DynamoDB(client)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(requests).toBe(2);
    client.destroy();
  });

  test('tries again what breaks off in the middle of an answer', async () => {
    const client = connectTo(10_000);
    const breakOff = (_request: unknown, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"Item":', () => response.destroy());
    };
    server.on('request', breakOff);
    await expect(ANY_REQUEST.DynamoDB(client)).rejects.toThrow('aborted');
    expect(requests).toBe(2);
    server.off('request', breakOff);
    client.destroy();
  });

  test('ends its wait when the signal is given, and tries nothing again', async () => {
    const client = connectTo(60_000);
    const controller = new AbortController();
    const { signal: abortSignal } = controller;
    server.once('request', () => controller.abort());
    const send = () => client.send('GetItem', { TableName: 't', Key: {} }, { abortSignal });
    await expect(send()).rejects.toMatchObject({ name: 'AbortError' });
    await expect(send()).rejects.toMatchObject({ name: 'AbortError' });
    expect(requests).toBe(1);
    client.destroy();
  });
});
