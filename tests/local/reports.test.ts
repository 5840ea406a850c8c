import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { createSmsClient } from '../../lib/messages/aws-sms.ts';
import { createSesClient, createSesMail } from '../../lib/messages/mail.ts';
import { parseMailEvent } from '../../lib/messages/mail-events.ts';
import { parseSmsEvent } from '../../lib/messages/sms-events.ts';
import { createTencentReceipts } from '../../lib/messages/tencent-receipts.ts';
import type { Received } from '../../local/messages/inbox.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import { TencentReceipts } from '../../local/messages/tencent-receipts.ts';

const credentials = { secretId: 'an-id', secretKey: 'a-key' };
const invoked: { name: string; event: { detail: object; 'detail-type': string } }[] = [];
let failure: object | null = null;
let server: MessagesServer;

beforeAll(async () => {
  server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: ['pool-1'], protectConfigurationIds: [] },
    tencentSms: { credentials, appId: '1400000001', signName: '示例云', templates: new Map() },
    invoke: async (name, event) => {
      invoked.push({ name, event: event as (typeof invoked)[number]['event'] });
      return failure;
    },
  });
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  process.env['AWS_REGION'] = 'ap-southeast-1';
  process.env['AWS_ENDPOINT_URL_SES'] = server.mailOrigin;
  process.env['AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2'] = server.origin;
});
afterAll(() => server.stop());
beforeEach(() => {
  invoked.length = 0;
  failure = null;
});

const newest = () => server.inbox.list()[0] as Received;
const report = (
  { id }: Pick<Received, 'id'>,
  body: unknown,
  headers = { 'content-type': 'application/json' },
) => fetch(`${server.origin}/messages/${id}/report`, { method: 'POST', headers, body: JSON.stringify(body) });

async function mail(text: string, configurationSet = 'account-linking-local') {
  const sender = createSesMail(createSesClient(), {
    from: '示例云 <no-reply@example.com>',
    configurationSet,
  });
  const askedBy = { accountId: '100000001' as AccountId, openedBy: 'qq' } as const;
  const sent = await sender.send({ to: 'a@example.com', subject: 's', text, html: '<p>', askedBy });
  expect(sent.outcome).toBe('accepted');
}

test.each(['bounced', 'complained'] as const)(
  'of a mail it can be said that it %s, as SES says it',
  async (outcome) => {
    await mail(`a mail that ${outcome}`);
    expect(newest()).toMatchObject({ to: 'a@example.com', reports: ['bounced', 'complained'] });
    expect((await report(newest(), { outcome })).status).toBe(200);
    expect(invoked.map(({ name }) => name)).toEqual(['takeMailEvent']);
    expect(parseMailEvent(invoked[0]?.event.detail)).toEqual({
      outcome,
      addresses: ['a@example.com'],
      sentAt: expect.any(Number),
      askedBy: { accountId: '100000001', openedBy: 'qq' },
    });
  },
);

test('of a mail without a configuration set SES says nothing', async () => {
  await mail('a mail without', '');
  expect(newest().reports).toEqual([]);
  expect((await report(newest(), { outcome: 'bounced' })).status).toBe(404);
});

test('of an SMS it can be said that it did not arrive, as AWS says it', async () => {
  await createSmsClient().send('SendTextMessage', {
    DestinationPhoneNumber: '+6581234567',
    OriginationIdentity: 'pool-1',
    MessageBody: 'text',
    Context: { service: 'account-linking', country: '65' },
  });
  await report(newest(), { outcome: 'undelivered' });
  expect(invoked.map(({ name }) => name)).toEqual(['countSmsReceipt']);
  expect(parseSmsEvent(invoked[0]?.event.detail, [])).toMatchObject({
    outcome: 'undelivered',
    country: '65',
  });
});

test('Tencent’s stand-in gives each receipt once, as many as are asked for', () => {
  const receipts = new TencentReceipts();
  for (const serialNo of ['1', '2', '3'])
    receipts.add({ to: '+8613800138001', serialNo }, 'FAIL', new Date('2026-11-24T10:00:00Z'));
  const ask = (Limit: unknown) => receipts.pull({ SmsSdkAppId: 'an-app', Limit }, 'an-app');
  expect(ask(2)).toMatchObject({ PullSmsSendStatusSet: [{ SerialNo: '1' }, { SerialNo: '2' }] });
  expect(ask(100)).toMatchObject({
    PullSmsSendStatusSet: [{ SerialNo: '3', ReportStatus: 'FAIL', PhoneNumber: '+8613800138001' }],
  });
  expect(ask(100)).toEqual({ PullSmsSendStatusSet: [] });
  expect([ask(101), ask('1'), ask(undefined)]).toEqual([
    'InvalidParameterValue',
    'InvalidParameter',
    'MissingParameter',
  ]);
});

test('Tencent’s stand-in gives no receipts where there are none, nor to a stranger', async () => {
  const settings = {
    origin: server.origin,
    region: 'ap-guangzhou',
    timeoutMilliseconds: 1000,
    credentials,
    appId: '1400000001',
    countries: ['86'],
  };
  expect(await createTencentReceipts(settings, fetch, Date.now).pull()).toEqual([]);
  const another = createTencentReceipts({ ...settings, appId: '1400000002' }, fetch, Date.now);
  await expect(another.pull()).rejects.toMatchObject({
    reason: 'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
  });
});

test('a report that is none is refused, and one that the function fails says why', async () => {
  await mail('another mail');
  const message = newest();
  expect((await report(message, { outcome: 'eaten' })).status).toBe(400);
  expect((await report(message, { outcome: 'undelivered' })).status).toBe(404);
  expect((await report({ id: 'nobody' }, { outcome: 'bounced' })).status).toBe(404);
  expect((await report(message, { outcome: 'bounced' }, { 'content-type': 'text/plain' })).status).toBe(415);
  failure = { errorMessage: 'it broke' };
  const failed = await report(message, { outcome: 'bounced' });
  expect([failed.status, await failed.json()]).toEqual([502, { reason: 'it broke' }]);
});
