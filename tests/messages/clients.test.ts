import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAwsSms, createSmsClient } from '../../lib/messages/aws-sms.ts';
import { createSesClient, createSesMail } from '../../lib/messages/mail.ts';
import { CODE_SMS, CODE_TEXT, SIGNATURE } from '../support/sms.ts';

/** Stands in for both services on the loopback interface; each test says how it answers. */
const server = createServer();
const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
let respond: (response: ServerResponse) => void;
const environmentBefore = { ...process.env };

beforeAll(async () => {
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SES: endpoint,
    AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: endpoint,
  });
});

beforeEach(() => {
  requests.length = 0;
});

afterAll(async () => {
  process.env = environmentBefore;
  await new Promise((resolve) => server.close(resolve));
});

const sendSms = () =>
  createAwsSms(createSmsClient(), {
    ...SIGNATURE,
    originationIdentity: 'pool-1',
    protectConfigurationId: 'protect-1',
  }).send(CODE_SMS);
const sendMail = () =>
  createSesMail(createSesClient(), { from: 'no-reply@example.com' }).send({
    to: 'a@example.com',
    subject: '登录验证码',
    text: '验证码 047281',
    html: '<p>验证码 047281</p>',
  });

const json =
  (status: number, body: object, headers = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
      .end(JSON.stringify(body));
const xml = (status: number, body: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'text/xml' }).end(body);

describe('SMS over the wire', () => {
  test('SendTextMessage, signed, and its id comes back', async () => {
    respond = json(200, { MessageId: 'sms-1' });
    expect(await sendSms()).toEqual({ outcome: 'accepted', messageId: 'sms-1' });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage',
      authorization: expect.stringContaining('AWS4-HMAC-SHA256'),
    });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      DestinationPhoneNumber: '+15005550006',
      OriginationIdentity: 'pool-1',
      MessageBody: CODE_TEXT,
      MessageType: 'TRANSACTIONAL',
      ProtectConfigurationId: 'protect-1',
      Context: { service: 'account-linking', country: 'other' },
    });
  });

  test.each([
    [400, 'ThrottlingException', { outcome: 'refused' }],
    [400, 'ValidationException', { outcome: 'refused', fault: 'ours' }],
    [400, 'ConflictException', { outcome: 'refused', fault: 'ours' }],
    [500, 'InternalServerException', { outcome: 'unknown' }],
  ])('%i %s is %j and is not tried again', async (status, name, outcome) => {
    respond = json(status, { __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, Message: 'any' });
    expect(await sendSms()).toEqual({ ...outcome, reason: name });
    expect(requests).toHaveLength(1);
  });
});

test('what AWS says of a number comes with the error', async () => {
  const Reason = 'DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION';
  const __type = 'com.amazonaws.pinpointsmsvoicev2#ConflictException';
  respond = json(400, { __type, Message: 'any', Reason });
  expect(await sendSms()).toEqual({
    outcome: 'refused',
    reason: 'ConflictException',
    fault: 'recipient',
    problem: 'country_not_served',
  });
  const Fields = [{ Name: 'DestinationPhoneNumber', Message: 'any' }];
  const invalid = { __type: __type.replace('Conflict', 'Validation'), Reason: 'INVALID_PARAMETER', Fields };
  respond = json(400, invalid);
  expect(await sendSms()).toEqual({ outcome: 'refused', reason: 'ValidationException', fault: 'recipient' });
});

describe('mail over the wire', () => {
  test('SendEmail in UTF-8, and its id comes back', async () => {
    respond = xml(
      200,
      '<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult>' +
        '<MessageId>mail-1</MessageId></SendEmailResult></SendEmailResponse>',
    );
    expect(await sendMail()).toEqual({ outcome: 'accepted', messageId: 'mail-1' });
    const form = Object.fromEntries(new URLSearchParams(requests[0]?.body));
    expect(form).toMatchObject({
      Action: 'SendEmail',
      Source: 'no-reply@example.com',
      'Destination.ToAddresses.member.1': 'a@example.com',
      'Message.Subject.Data': '登录验证码',
      'Message.Subject.Charset': 'UTF-8',
      'Message.Body.Text.Data': '验证码 047281',
      'Message.Body.Html.Data': '<p>验证码 047281</p>',
    });
  });

  test.each([
    [400, 'MessageRejected', { outcome: 'refused', fault: 'ours' }],
    [400, 'InvalidParameterValue', { outcome: 'refused', fault: 'recipient' }],
    [400, 'Throttling', { outcome: 'refused' }],
    [500, 'InternalFailure', { outcome: 'unknown' }],
  ])('%i %s is %j and is not tried again', async (status, name, outcome) => {
    respond = xml(
      status,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>any</Message></Error></ErrorResponse>`,
    );
    expect(await sendMail()).toEqual({ ...outcome, reason: name });
    expect(requests).toHaveLength(1);
  });
});

test.each([
  ['SMS', sendSms],
  ['mail', sendMail],
])(
  '%s: a connection that breaks after the request is unknown and is not tried again',
  async (_channel, send) => {
    respond = (response) => response.destroy();
    expect(await send()).toMatchObject({ outcome: 'unknown' });
    expect(requests).toHaveLength(1);
  },
);

test('connections are not kept: one that died while frozen would break the next send', async () => {
  respond = json(200, { MessageId: 'sms-1' });
  await sendSms();
  await sendMail();
  expect(requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
});

test('time-outs are set, and throw instead of only warning', async () => {
  respond = json(200, { MessageId: 'sms-1' });
  const client = createSmsClient();
  await createAwsSms(client, { ...SIGNATURE, originationIdentity: 'pool-1' }).send(CODE_SMS);
  const handler = client.requestHandler as unknown as { httpHandlerConfigs(): object };
  expect(handler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
  });
});
