import { beforeEach, describe, expect, test } from '@jest/globals';
import { pullSmsReceipts } from '../../lib/flows/pull-sms-receipts.ts';
import { createTencentReceipts } from '../../lib/messages/tencent-receipts.ts';
import { metrics, systemObserver } from '../../lib/observe.ts';
import { captureOutput } from '../support/captured-output.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SMS_COUNTRIES: '86,1,65' });
beforeEach(() => {
  world.observer.countedBy.length = 0;
  world.observer.counted.length = 0;
});

let messages = 0;
const newId = () => `message-${++messages}`;

describe('a receipt of AWS', () => {
  const receipt = (eventType: string, more: object = {}) =>
    world.busEvent('countSmsReceipt', {
      eventType,
      isFinal: true,
      messageId: newId(),
      isoCountryCode: 'SG',
      context: { service: 'account-linking', country: '65' },
      ...more,
    });

  test.each([
    ['TEXT_DELIVERED', 'SmsDelivered'],
    ['TEXT_SUCCESSFUL', 'SmsDelivered'],
    ['TEXT_UNREACHABLE', 'SmsUndelivered'],
    ['TEXT_CARRIER_BLOCKED', 'SmsUndelivered'],
    ['TEXT_INVALID', 'SmsUndelivered'],
  ])('%s counts as %s, by country', async (type, metric) => {
    expect(await receipt(type)).toBe('taken');
    expect(world.observer.countedBy).toEqual([{ metric, by: { country: '65', vendor: 'aws' } }]);
  });

  test('is counted once a message, though a carrier takes it first and then brings it', async () => {
    const messageId = newId();
    await receipt('TEXT_SUCCESSFUL', { messageId });
    await receipt('TEXT_DELIVERED', { messageId });
    await receipt('TEXT_DELIVERED', { messageId });
    expect(world.observer.counted).toEqual(['SmsDelivered']);
    await receipt('TEXT_UNREACHABLE', { messageId });
    expect(world.observer.counted).toEqual(['SmsDelivered', 'SmsUndelivered']);
  });

  test.each([
    ['of another sender', 'TEXT_DELIVERED', { context: { service: 'another' } }],
    ['on the way', 'TEXT_PENDING', { isFinal: false }],
    ['that nobody knows anything of', 'TEXT_UNKNOWN', {}],
    ['of no form', 'TEXT_DELIVERED', { messageId: 1 }],
  ])('%s is none', async (_which, type, more) => {
    expect(await receipt(type, more)).toBe('taken');
    expect(world.observer.counted).toEqual([]);
  });

  test('without what went with the message is counted by its number, or as of another country', async () => {
    await receipt('TEXT_DELIVERED', { context: undefined, destinationPhoneNumber: '+14255550156' });
    await receipt('TEXT_DELIVERED', { context: undefined });
    expect(world.observer.countedBy.map(({ by }) => by.country)).toEqual(['1', 'other']);
  });
});

test('a count is published in the sum of all, and by country and vendor', async () => {
  const output = await captureOutput(async () => {
    systemObserver.count('SmsDelivered', { country: '86', vendor: 'aws' });
    metrics.publishStoredMetrics();
  });
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ _aws: { CloudWatchMetrics }, ...values }) => [CloudWatchMetrics[0], values])).toEqual([
    [
      expect.objectContaining({ Dimensions: [['service', 'country', 'vendor']] }),
      { service: 'account-linking', country: '86', vendor: 'aws', SmsDelivered: 1 },
    ],
    [expect.objectContaining({ Dimensions: [['service']] }), { service: 'account-linking', SmsDelivered: 1 }],
  ]);
});

describe('receipts of Tencent', () => {
  const status = (ReportStatus: string, PhoneNumber: string) => ({
    UserReceiveTime: 1_795_514_404,
    CountryCode: PhoneNumber.slice(1, 3),
    SubscriberNumber: PhoneNumber.slice(3),
    PhoneNumber,
    SerialNo: `5000:${newId()}`,
    ReportStatus,
    Description: ReportStatus === 'SUCCESS' ? 'DELIVRD' : 'UNDELIV',
    SessionContext: '',
  });

  /** Pulls from a service that gives these answers, one after the other. */
  async function pull(...answers: readonly (object | Error)[]) {
    const left = [...answers];
    const asked: { action: string | null; body: string }[] = [];
    const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
      asked.push({ action: new Headers(init?.headers).get('x-tc-action'), body: String(init?.body) });
      const answer = left.shift() ?? { PullSmsSendStatusSet: [] };
      if (answer instanceof Error) throw answer;
      return Response.json({ Response: { ...answer, RequestId: 'a-request' } });
    };
    const settings = {
      origin: 'https://sms.tencentcloudapi.com',
      region: 'ap-guangzhou',
      timeoutMilliseconds: 1000,
      credentials: { secretId: 'id', secretKey: 'key' },
      appId: '1400000001',
      countries: ['86', '1', '65'],
    };
    const receiptSource = createTencentReceipts(settings, fetch as typeof globalThis.fetch, Date.now);
    const counted = await pullSmsReceipts({}, { ...world.dependencies, receiptSource });
    return { counted, asked };
  }

  test('are counted by country until there are none, a hundred at a time', async () => {
    const { counted, asked } = await pull(
      { PullSmsSendStatusSet: [status('SUCCESS', '+8613800138001'), status('FAIL', '+8613800138002')] },
      { PullSmsSendStatusSet: [status('SUCCESS', '+6581234567'), status('LATER', '+8613800138001')] },
      { PullSmsSendStatusSet: [status('FAIL', '+447700900123')] },
      { PullSmsSendStatusSet: null },
    );
    expect(counted).toBe(4);
    expect(asked).toEqual(
      Array.from({ length: 4 }, () => ({
        action: 'PullSmsSendStatus',
        body: '{"SmsSdkAppId":"1400000001","Limit":100}',
      })),
    );
    expect(world.observer.countedBy).toEqual([
      { metric: 'SmsDelivered', by: { country: '86', vendor: 'tencent' } },
      { metric: 'SmsUndelivered', by: { country: '86', vendor: 'tencent' } },
      { metric: 'SmsDelivered', by: { country: '65', vendor: 'tencent' } },
      { metric: 'SmsUndelivered', by: { country: 'other', vendor: 'tencent' } },
    ]);
  });

  test.each([
    [
      { Error: { Code: 'FailedOperation.NotEnabled', Message: '+8613800138001' } },
      'FailedOperation.NotEnabled',
    ],
    [{ Error: { Code: 'it is +8613800138001', Message: '' } }, 'Error'],
    [new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }), 'ECONNREFUSED'],
    [{ PullSmsSendStatusSet: 'none' }, 'http_200'],
  ])('that are not given are counted and said, and no more is asked: %j', async (answer, reason) => {
    const { counted, asked } = await pull({ PullSmsSendStatusSet: [status('FAIL', '+6581234567')] }, answer);
    expect([counted, asked.length]).toEqual([1, 2]);
    expect(world.observer.counted).toContain('SmsReceiptsFailed');
    expect(world.observer.lines.at(-1)?.fields).toEqual({ vendor: 'tencent', reason });
  });

  test('are not asked for where no SMS go by it', async () => {
    expect(await pullSmsReceipts({}, world.dependencies)).toBe(0);
  });
});
