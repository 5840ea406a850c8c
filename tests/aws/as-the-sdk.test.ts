import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { createSqsInbox } from '../../lib/canary/inbox.ts';
import { createEventBus } from '../../lib/events/bus.ts';
import type { OutgoingEvent } from '../../lib/events/events.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { createAwsSms } from '../../lib/messages/aws-sms.ts';
import { createNoticeQueue } from '../../lib/messages/notice-queue.ts';
import { readSecrets } from '../../lib/secret-store.ts';
import { toStored } from '../../lib/table/documents.ts';
import {
  type Act,
  type Asking,
  ask,
  askBoth,
  CREDENTIALS,
  connectBoth,
  type Identity,
  REGION,
  type Reply,
  type Sent,
  type ServiceName,
} from '../support/both-clients.ts';
import { CODE_SMS, SIGNATURE } from '../support/sms.ts';
import { stopClock } from '../support/stopped-clock.ts';

const RUNS = { numRuns: 200 };
const environmentBefore = { ...process.env };

stopClock();
beforeAll(() => {
  // As Lambda has it.
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'showAccount';
  process.env['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';
});
afterAll(() => {
  process.env = environmentBefore;
});

/**
 * What the SDK alone says: once more who it is, and that SQS shall say errors by their names of the XML protocol as well, where the SDK
 * reads what they are called now all the same.
 */
const OF_THE_SDK = ['x-amz-user-agent', 'x-amzn-query-mode'];
/** What both say, and differently: who they are, and an id of chance. */
const OF_EACH = ['user-agent', 'amz-sdk-invocation-id'];

/** What has to be the same: all else that is said, what is signed of it, and by whom. `sign` is for the signature itself. */
const comparable = ({ headers, ...sent }: Sent) => {
  const { authorization = '', ...others } = headers;
  const alike = Object.entries(others).filter(([name]) => ![...OF_THE_SDK, ...OF_EACH].includes(name));
  const [, scope, names = ''] = /Credential=(\S+), SignedHeaders=(\S+),/.exec(authorization) ?? [];
  const signed = names.split(';').filter((name) => !OF_THE_SDK.includes(name));
  return { ...sent, headers: Object.fromEntries(alike), scope, signed };
};

/** The signature that the SDK's signer gives what was sent. */
async function sign({ method, origin, path, headers, body }: Sent, service: string, identity: Identity) {
  const [, names = ''] = /SignedHeaders=(\S+),/.exec(headers['authorization'] ?? '') ?? [];
  const { protocol, hostname } = new URL(origin);
  const signed = Object.fromEntries(names.split(';').map((name) => [name, headers[name] ?? '']));
  const request = new HttpRequest({ method, protocol, hostname, path, headers: signed, body });
  const signer = new SignatureV4({
    service,
    region: REGION,
    credentials: CREDENTIALS[identity],
    sha256: Sha256,
  });
  return (await signer.sign(request)).headers['authorization'];
}

async function expectSame(service: ServiceName, identity: Identity, act: Act, reply: Reply) {
  const both = connectBoth(service, { identity });
  const { ours, sdk } = await askBoth(both, act, reply);
  expect(sdk.sent).not.toEqual([]);
  expect(ours.sent.map(comparable)).toEqual(sdk.sent.map(comparable));
  expect(ours.outcome).toEqual(sdk.outcome);
  for (const sent of [...ours.sent, ...sdk.sent])
    expect(sent.headers['authorization']).toBe(await sign(sent, both.api.signingName, identity));
}

const ok = (body: object): Reply => ({
  status: 200,
  headers: { 'x-amzn-requestid': 'a-request' },
  body: JSON.stringify(body),
});

/** Any text, with halves of surrogate pairs in it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
);
const set = fc.uniqueArray(text, { minLength: 1, maxLength: 4 }).map((texts) => new Set(texts));
const name = fc
  .oneof(fc.constantFrom('pk', 'sk', 'expiresAt', 'Item', 'Keys'), text)
  .filter((key) => key !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    set,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const item = fc.dictionary(name, value, { minKeys: 1, maxKeys: 6, noNullPrototype: true });

const TableName = 'account-linking';
const Key = { pk: 'ACCOUNT#100000001', sk: 'PROFILE' };
const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
const ConditionExpression = 'attribute_not_exists(#pk) OR #pk = :pk';
const ExpressionAttributeNames = { '#pk': 'pk' };

/** Requests of every kind that the table makes, their members as the SDK orders them: JSON does not say in which order they are. */
const REQUESTS: Readonly<Record<string, (any: Record<string, unknown>) => object>> = {
  BatchGetItem: (any) => ({
    RequestItems: { [TableName]: { Keys: [Key, any], ConsistentRead: true } },
  }),
  DeleteItem: (any) => ({
    TableName,
    Key,
    ReturnValues: 'ALL_OLD',
    ConditionExpression,
    ExpressionAttributeNames,
    ExpressionAttributeValues: any,
    ReturnValuesOnConditionCheckFailure,
  }),
  GetItem: (any) => ({ TableName, Key: any, ConsistentRead: true }),
  Query: (any) => ({
    TableName,
    Limit: 100,
    ConsistentRead: true,
    ScanIndexForward: false,
    ExclusiveStartKey: any,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: any,
  }),
  TransactWriteItems: (any) => ({
    TransactItems: [
      { ConditionCheck: { Key, TableName, ConditionExpression, ExpressionAttributeValues: any } },
      { Put: { Item: any, TableName, ConditionExpression, ReturnValuesOnConditionCheckFailure } },
      { Delete: { Key, TableName, ConditionExpression, ExpressionAttributeNames } },
      { Update: { Key, UpdateExpression: 'SET a = :a', TableName, ExpressionAttributeValues: any } },
    ],
    ClientRequestToken: 'a-token',
  }),
  UpdateItem: (any) => ({
    TableName,
    Key,
    ReturnValues: 'ALL_NEW',
    UpdateExpression: 'SET a = :a',
    ConditionExpression,
    ExpressionAttributeNames,
    ExpressionAttributeValues: any,
  }),
};

const LINKED: OutgoingEvent = {
  type: 'identity.linked',
  detail: {
    version: 1,
    id: 'A'.repeat(22),
    accountId: '100000001',
    at: '2026-11-24T10:00:00.123Z',
    provider: 'email',
    display: 'a***e@example.com',
  },
};

const SAMPLE = {
  name: '名字 "\\/\u2028',
  count: -1.5,
  isOn: true,
  nothing: null,
  list: [1, [{ deep: 'x' }]],
  subjects: new Set(['a', 'b']),
  absent: undefined,
};

const QUEUE_URL = `https://sqs.${REGION}.amazonaws.com/123456789012/deferred-notices`;
const md5 = (body: string) => createHash('md5').update(body).digest('hex');
const PENDING = { accountId: '100000001' as AccountId, noticeId: 'A'.repeat(22), tries: 3 };
const MAIL = JSON.stringify({ notificationType: 'Received', mail: { timestamp: '' }, content: '中文' });

/**
 * What the service asks of the others, by its own adapters. Of SQS the SDK does more, which is left out:
 * - It asks where the queue's URL says, if that is elsewhere than the function. A queue of ours never is.
 * - It compares the MD5 that SQS gives of each message. TLS vouches for that, and the signature covers what is sent.
 * - It waits before it gives up a long poll. Who polls does nothing else.
 */
const ADAPTERS: readonly (readonly [ServiceName, string, Act, object])[] = [
  [
    'SSM',
    'GetParameters',
    (client) => readSecrets({ ssmPath: '/prod' }, ['QQ_APP_SECRET', 'WECHAT_APP_SECRET'], () => client),
    {
      Parameters: [
        { Name: '/prod/qq-app-secret', Value: '秘密' },
        { Name: '/prod/wechat-app-secret', Value: 'b' },
      ],
      InvalidParameters: [],
    },
  ],
  [
    'SQS',
    'SendMessage',
    (client) => createNoticeQueue(client, { url: QUEUE_URL }).defer(PENDING, 900),
    { MessageId: 'm', MD5OfMessageBody: md5(JSON.stringify(PENDING)) },
  ],
  [
    'SQS',
    'ReceiveMessage and DeleteMessageBatch',
    (client) => createSqsInbox(client, { url: QUEUE_URL }).receive(),
    {
      Messages: [{ MessageId: 'm', ReceiptHandle: 'h', Body: MAIL, MD5OfBody: md5(MAIL) }],
      Successful: [],
      Failed: [],
    },
  ],
  [
    'EventBridge',
    'PutEvents',
    (client) => createEventBus(client, { busName: 'company' }).publish(LINKED),
    { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] },
  ],
  [
    'End User Messaging',
    'SendTextMessage',
    (client) =>
      createAwsSms(client, {
        ...SIGNATURE,
        originationIdentity: 'pool-1',
        protectConfigurationId: 'protect-1',
        configurationSet: 'a-set',
        countries: ['86'],
      }).send(CODE_SMS),
    { MessageId: 'm' },
  ],
];

/** What each is answered. */
const REPLIES: Readonly<Record<string, (one: object, another: object) => object>> = {
  BatchGetItem: (one, another) => ({
    Responses: { [TableName]: [one, another] },
    UnprocessedKeys: { [TableName]: { Keys: [another], ConsistentRead: true } },
  }),
  DeleteItem: (one) => ({ Attributes: one }),
  GetItem: (one) => ({ Item: one }),
  Query: (one, another) => ({
    Items: [one, another],
    Count: 2,
    ScannedCount: 2,
    LastEvaluatedKey: another,
    ConsumedCapacity: { TableName, CapacityUnits: 1.5 },
  }),
  TransactWriteItems: () => ({}),
  UpdateItem: (one) => ({ Attributes: one }),
};

describe.each(['a role', 'a user'] as const)('asked by %s', (identity) => {
  test.each(Object.entries(REQUESTS))(
    'DynamoDB: %s is what the SDK sends, and is signed as it signs',
    async (operation, request) => {
      const reply = ok(REPLIES[operation]?.(toStored(Key), toStored({ a: 1 })) ?? {});
      await expectSame('DynamoDB', identity, (client) => client.send(operation, request(SAMPLE)), reply);
    },
  );

  test.each(ADAPTERS)(
    '%s: %s is what the SDK sends, and is signed as it signs',
    async (service, _operation, act, reply) => {
      await expectSame(service, identity, act, ok(reply));
    },
  );
});

test.each(Object.entries(REQUESTS))(
  '%s is sent byte for byte as the SDK sends it, whatever is in it',
  async (operation, request) => {
    const both = connectBoth('DynamoDB');
    const property = fc.asyncProperty(item, async (any) => {
      const { ours, sdk } = await askBoth(both, (client) => client.send(operation, request(any)), ok({}));
      expect(ours.sent.map(comparable)).toEqual(sdk.sent.map(comparable));
    });
    await fc.assert(property, RUNS);
  },
);

test.each(Object.entries(REPLIES))(
  'what %s is answered is what the SDK makes of it, whatever comes',
  async (operation, answer) => {
    const both = connectBoth('DynamoDB');
    const act = (client: Asking) => client.send(operation, REQUESTS[operation]?.(Key) ?? {});
    const property = fc.asyncProperty(item, item, async (one, another) => {
      const { ours, sdk } = await askBoth(both, act, ok(answer(toStored(one), toStored(another))));
      expect(ours.outcome).toEqual(sdk.outcome);
    });
    await fc.assert(property, RUNS);
  },
);

test('the time of an event is what the SDK makes of a date', async () => {
  const { ours, sdk } = connectBoth('EventBridge');
  const reply = ok({ FailedEntryCount: 0, Entries: [] });
  const { sent } = await ask(
    ours,
    (client) => createEventBus(client, { busName: 'b' }).publish(LINKED),
    reply,
  );
  const Entries = [{ Time: new Date(LINKED.detail.at) }];
  const bySdk = await ask(sdk, (client) => client.send('PutEvents', { Entries }), reply);
  const timeIn = ([request]: readonly Sent[]) => /"Time":[^,}]+/.exec(request?.body ?? '')?.[0];
  expect(timeIn(sent)).toBe('"Time":1795514400.123');
  expect(timeIn(bySdk.sent)).toBe(timeIn(sent));
});
