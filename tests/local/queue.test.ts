import { SendMessageCommand, type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { AwsClient } from '../../lib/aws/client.ts';
import { SQS } from '../../lib/aws/services.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { createNoticeQueue, type PendingNotice, parsePending } from '../../lib/messages/notice-queue.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';

const url = 'http://localhost/queue/DeferredNotices';
const pending: PendingNotice = { accountId: '100000001' as AccountId, noticeId: 'A'.repeat(22), tries: 3 };

let server: MessagesServer;
let clients: Record<'service' | 'AWS SDK', Pick<AwsClient, 'send'>>;
/** What the function was given, and a promise of the next. */
const given: SQSEvent[] = [];
let next = Promise.withResolvers<SQSEvent>();
let returned: unknown = { batchItemFailures: [] };

beforeAll(async () => {
  const invoke = async (event: SQSEvent) => {
    given.push(event);
    next.resolve(event);
    return returned;
  };
  server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: [], protectConfigurationIds: [] },
    queue: { url, longestDelaySeconds: 0, invoke },
  });
  const settings = {
    region: 'ap-southeast-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    maxAttempts: 1,
    endpoint: `${server.origin}/queue`,
    requestHandler: {},
  };
  const sdk = new SQSClient(settings);
  const send = (_operation: string, input: object) =>
    sdk.send(new SendMessageCommand(input as SendMessageCommandInput)) as Promise<never>;
  clients = { service: new AwsClient(SQS, settings), 'AWS SDK': { send } };
});
afterEach(() => {
  given.length = 0;
  next = Promise.withResolvers();
  returned = { batchItemFailures: [] };
});
afterAll(async () => {
  await server.stop();
});

describe.each(['service', 'AWS SDK'] as const)('a message, sent by the %s', (sender) => {
  const defer = (to = url, delaySeconds = 900) =>
    createNoticeQueue(clients[sender], { url: to }).defer(pending, delaySeconds);

  test('is given to the function as it is, once its delay is over', async () => {
    await defer();
    const { Records: records } = await next.promise;
    expect(records.map(({ body }) => parsePending(body))).toEqual([pending]);
    expect(records).toMatchObject([{ eventSource: 'aws:sqs', attributes: { ApproximateReceiveCount: '1' } }]);
  });

  test.each([
    ['was not handled', { batchItemFailures: [{ itemIdentifier: 'any' }] }],
    ['has failed the function', { errorMessage: 'any', errorType: 'Error' }],
    ['has failed without an answer', undefined],
  ])('comes again if it %s', async (_word, result) => {
    returned = result;
    await defer();
    await next.promise;
    next = Promise.withResolvers();
    returned = { batchItemFailures: [] };
    const { Records: records } = await next.promise;
    expect(records.map(({ body }) => parsePending(body))).toEqual([pending]);
    expect(new Set(given.map((event) => event.Records[0]?.messageId)).size).toBe(1);
  });

  test('to a queue that is not there is refused', async () => {
    await expect(defer(`${url}X`)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  test('with a delay that SQS does not have is refused', async () => {
    await expect(defer(url, 901)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(given).toEqual([]);
  });

  test.each([
    { kind: 'reset' },
    { kind: 'status', status: 503 },
    { kind: 'errcode', errcode: 'RequestThrottled' },
  ] as const)('that meets %j is not deferred', async (fault) => {
    server.faults.next('SendMessage', fault);
    await expect(defer()).rejects.toThrow();
    expect(given).toEqual([]);
  });
});
