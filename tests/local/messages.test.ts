import {
  PinpointSMSVoiceV2Client,
  ResourceNotFoundException,
  SendTextMessageCommand,
  type SendTextMessageCommandInput,
  ValidationException,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';

let server: MessagesServer;
let sms: PinpointSMSVoiceV2Client;
const common = {
  region: 'ap-southeast-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
};

beforeAll(async () => {
  const account = {
    originationIdentities: ['SENDER', '10690000', '+15005550000'],
    protectConfigurationIds: ['protect-1'],
  };
  server = await startMessagesServer({ port: 0, sms: account });
  sms = new PinpointSMSVoiceV2Client({ ...common, endpoint: server.origin });
});
afterAll(async () => {
  sms.destroy();
  await server.stop();
});

const send = (changes: Partial<SendTextMessageCommandInput> = {}) =>
  sms.send(
    new SendTextMessageCommand({
      DestinationPhoneNumber: '+8613800138001',
      OriginationIdentity: '10690000',
      MessageBody: 'code 123456',
      MessageType: 'TRANSACTIONAL',
      ...changes,
    }),
  );
const list = async (to: string) => (await fetch(`${server.origin}/messages?to=${to}`)).json();

describe('the SMS stand-in, asked by the AWS SDK', () => {
  test('accepts a message and puts it into the inbox', async () => {
    const { MessageId } = await send({ ProtectConfigurationId: 'protect-1' });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    const messages = await list('+8613800138001');
    expect(messages).toEqual([
      { channel: 'sms', to: '+8613800138001', text: 'code 123456', code: '123456', at: expect.any(String) },
    ]);
    expect(await list('%2B8613800138001')).toEqual(messages);
  });

  test.each<[string, Partial<SendTextMessageCommandInput>, string, string]>([
    [
      'a number that is none',
      { DestinationPhoneNumber: '0138-x' },
      'FIELD_VALIDATION_FAILED',
      'DestinationPhoneNumber',
    ],
    ['no number', { DestinationPhoneNumber: undefined }, 'MISSING_PARAMETER', 'DestinationPhoneNumber'],
    ['an empty body', { MessageBody: '' }, 'MISSING_PARAMETER', 'MessageBody'],
    ['a body too long', { MessageBody: 'x'.repeat(1601) }, 'FIELD_VALIDATION_FAILED', 'MessageBody'],
    [
      'a sender id to China',
      { OriginationIdentity: 'SENDER' },
      'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY',
      'destinationPhoneNumber',
    ],
    [
      'a number of another country to China',
      { OriginationIdentity: '+15005550000' },
      'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY',
      'destinationPhoneNumber',
    ],
    [
      'an odd origination identity',
      { OriginationIdentity: 'a b' },
      'FIELD_VALIDATION_FAILED',
      'OriginationIdentity',
    ],
    ['an unknown kind', { MessageType: 'OTHER' as never }, 'FIELD_VALIDATION_FAILED', 'MessageType'],
  ])('refuses %s', async (_what, changes, reason, field) => {
    const error = await send({ DestinationPhoneNumber: '+8613800138009', ...changes }).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({
      Reason: reason,
      Fields: [{ Name: field }],
      $metadata: { httpStatusCode: 400 },
    });
    expect(await list('+8613800138009')).toEqual([]);
  });

  test.each([
    [{ OriginationIdentity: 'OTHER' }, 'sender-id', 'OTHER'],
    [{ OriginationIdentity: '+8613800138777' }, 'phone-number', '+8613800138777'],
    [{ ProtectConfigurationId: 'protect-2' }, 'protect-configuration', 'protect-2'],
  ])('does not find %j', async (changes, type, id) => {
    const error = await send(changes).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({ ResourceType: type, ResourceId: id });
  });

  test('chooses what to send from, where none is named, if there is anything for the country', async () => {
    const from = { OriginationIdentity: undefined };
    await send({ ...from, DestinationPhoneNumber: '+8613800138012' });
    expect(await list('+8613800138012')).toHaveLength(1);
    const bare = await startMessagesServer({
      port: 0,
      sms: { originationIdentities: ['SENDER'], protectConfigurationIds: [] },
    });
    const client = new PinpointSMSVoiceV2Client({ ...common, endpoint: bare.origin });
    const command = (to: string) =>
      new SendTextMessageCommand({ DestinationPhoneNumber: to, MessageBody: 'code 123456' });
    await expect(client.send(command('+8613800138012'))).rejects.toMatchObject({
      name: 'ConflictException',
      Reason: 'NO_ORIGINATION_IDENTITIES_FOUND',
    });
    await client.send(command('+15005550006'));
    client.destroy();
    await bare.stop();
  });

  test('sends nothing in a dry run', async () => {
    await send({ DestinationPhoneNumber: '+8613800138010', DryRun: true });
    expect(await list('+8613800138010')).toEqual([]);
  });

  test.each([
    [{}, 'UnknownOperationException'],
    [{ 'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage' }, 'MissingAuthenticationTokenException'],
    [
      { 'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage', authorization: 'AWS4-HMAC-SHA256 x' },
      'SerializationException',
    ],
  ])('answers a call with %j as AWS does', async (headers, type) => {
    const reply = await fetch(server.origin, { method: 'POST', headers, body: 'no json' });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ __type: expect.stringContaining(type) });
  });

  test('fails as it is told to, once, with or without effect', async () => {
    server.faults.next('SendTextMessage', { kind: 'errcode', errcode: 'ThrottlingException' });
    await expect(send({ DestinationPhoneNumber: '+8613800138011' })).rejects.toThrow(
      expect.objectContaining({ name: 'ThrottlingException' }),
    );
    expect(await list('+8613800138011')).toEqual([]);
    server.faults.next('SendTextMessage', { kind: 'reset', afterEffect: true });
    await expect(send({ DestinationPhoneNumber: '+8613800138011' })).rejects.toThrow();
    expect(await list('+8613800138011')).toHaveLength(1);
    await send({ DestinationPhoneNumber: '+8613800138011' });
    expect(await list('+8613800138011')).toHaveLength(2);
  });
});

describe('mail, sent by the AWS SDK', () => {
  const mail = (to: string) =>
    new SendEmailCommand({
      Source: 'no-reply@example.com',
      Destination: { ToAddresses: [to] },
      Message: {
        Subject: { Data: '登录' },
        Body: { Text: { Data: '验证码\n\n    654321\n' }, Html: { Data: '<b>654321</b>' } },
      },
    });

  test('is in the inbox as soon as it is accepted, by its text', async () => {
    const ses = new SESClient({ ...common, endpoint: server.mailOrigin });
    await ses.send(mail('Somebody <b@Example.com>'));
    expect(await list('b@example.com')).toEqual([
      {
        channel: 'email',
        to: 'b@Example.com',
        text: '验证码\n\n    654321\n',
        code: '654321',
        at: expect.any(String),
      },
    ]);
    expect(server.inbox.list('b@example.com')[0]?.mail).toEqual({ subject: '登录', html: '<b>654321</b>' });
    ses.destroy();
  });
});

describe('the inbox by HTTP', () => {
  test('gives a browser a page and everybody else JSON', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const path of ['/', '/messages?to=x']) {
      const reply = await fetch(server.origin + path, { headers: browser });
      expect(reply.headers.get('content-type')).toMatch('text/html');
      expect(await reply.text()).toMatch('收件箱');
    }
    const reply = await fetch(`${server.origin}/messages`);
    expect(reply.headers.get('content-type')).toMatch('application/json');
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  test('tells the page of messages as they come, those it asked for', async () => {
    const abort = new AbortController();
    const reply = await fetch(`${server.origin}/messages/live?to=live@example.com`, { signal: abort.signal });
    const events = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await events?.read()).toMatchObject({ value: 'event: snapshot\ndata: []\n\n' });
    server.inbox.deliver({ channel: 'email', to: 'other@example.com', text: '' });
    server.inbox.deliver({ channel: 'email', to: 'live@example.com', text: '111222' });
    expect((await events?.read())?.value).toMatch(
      /^event: message\ndata: .*live@example\.com.*"code":"111222"/,
    );
    abort.abort();
  });
});
