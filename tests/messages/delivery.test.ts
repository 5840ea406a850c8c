import {
  ConflictException,
  InternalServerException,
  PinpointSMSVoiceV2Client,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { MessageRejected, SESClient } from '@aws-sdk/client-ses';
import { describe, expect, jest, test } from '@jest/globals';
import { createSesMail } from '../../lib/messages/mail.ts';
import { createAwsSms } from '../../lib/messages/sms.ts';

const text = 'Example Cloud: 047281 is your code';
const to = '+15005550006';
/** What AWS puts into its messages, and what must go no further. */
const message = `could not send "${text}" to ${to}`;

const system = (fields: object) => Object.assign(new Error(message), fields);
const aws = (httpStatusCode: number) => ({ $metadata: { httpStatusCode, requestId: 'r-1' }, message });

/** A client whose `send` is replaced: what it is given, and what comes back, are the test's. */
function stub<Client extends PinpointSMSVoiceV2Client | SESClient>(
  client: Client,
  send: () => Promise<unknown>,
) {
  const calls: { input: unknown }[] = [];
  client.send = jest.fn((command: { input: unknown }) => {
    calls.push(command);
    return send();
  }) as unknown as Client['send'];
  return { client, calls };
}

const smsClient = () => new PinpointSMSVoiceV2Client({ region: 'us-east-1' });
const sesClient = () => new SESClient({ region: 'us-east-1' });
const mail = { to: 'a@example.com', subject: '登录验证码', text: '验证码', html: '<p>验证码</p>' };
const from = 'Example Cloud <no-reply@example.com>';

const failures: [string, unknown, 'refused' | 'unknown', string][] = [
  ['throttled', new ThrottlingException(aws(400)), 'refused', 'ThrottlingException'],
  ['throttled with a 503', { name: 'ThrottlingException', ...aws(503) }, 'refused', 'ThrottlingException'],
  ['SES throttled', { name: 'Throttling', ...aws(400) }, 'refused', 'Throttling'],
  [
    'not valid',
    new ValidationException({ ...aws(400), Reason: 'INVALID_PARAMETER' }),
    'refused',
    'ValidationException',
  ],
  [
    'blocked',
    new ConflictException({ ...aws(400), Reason: 'DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION' }),
    'refused',
    'ConflictException',
  ],
  [
    'over the spend limit',
    new ServiceQuotaExceededException({ ...aws(400), Reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT' }),
    'refused',
    'ServiceQuotaExceededException',
  ],
  ['rejected by SES', new MessageRejected(aws(400)), 'refused', 'MessageRejected'],
  ['forbidden', { name: 'AccessDeniedException', ...aws(403) }, 'refused', 'AccessDeniedException'],
  ['their fault', new InternalServerException(aws(500)), 'unknown', 'InternalServerException'],
  ['unavailable', { name: 'ServiceUnavailable', ...aws(503) }, 'unknown', 'ServiceUnavailable'],
  ['an answer that cannot be read', { name: 'SyntaxError', ...aws(200) }, 'unknown', 'SyntaxError'],
  ['timed out', system({ name: 'TimeoutError', code: 'ETIMEDOUT' }), 'unknown', 'TimeoutError'],
  ['reset', system({ name: 'TimeoutError', code: 'ECONNRESET', syscall: 'read' }), 'unknown', 'TimeoutError'],
  ['reset, as node says it', system({ code: 'ECONNRESET', syscall: 'read' }), 'unknown', 'ECONNRESET'],
  ['hung up', system({ code: 'EPIPE', syscall: 'write' }), 'unknown', 'EPIPE'],
  ['nobody listens', system({ code: 'ECONNREFUSED', syscall: 'connect' }), 'refused', 'ECONNREFUSED'],
  [
    'nobody listens at any address',
    Object.assign(new AggregateError([], message), { code: 'ECONNREFUSED' }),
    'refused',
    'ECONNREFUSED',
  ],
  ['no such host', system({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'refused', 'ENOTFOUND'],
  ['no name service', system({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), 'refused', 'EAI_AGAIN'],
  ['no route', system({ code: 'EHOSTUNREACH', syscall: 'connect' }), 'refused', 'EHOSTUNREACH'],
  ['route lost on the way', system({ code: 'EHOSTUNREACH', syscall: 'read' }), 'unknown', 'EHOSTUNREACH'],
  [
    'nothing to sign with',
    system({ name: 'CredentialsProviderError' }),
    'refused',
    'CredentialsProviderError',
  ],
  ['a name that is a text', system({ name: message }), 'unknown', 'Error'],
  ['not even an error', text, 'unknown', 'Error'],
  ['nothing', undefined, 'unknown', 'Error'],
];

describe.each([
  [
    'SMS',
    (send: () => Promise<unknown>) =>
      createAwsSms(stub(smsClient(), send).client, { originationIdentity: 'pool-1' }).send({ to, text }),
  ],
  [
    'mail',
    (send: () => Promise<unknown>) => createSesMail(stub(sesClient(), send).client, { from }).send(mail),
  ],
])('%s that did not go well', (_channel, deliver) => {
  test.each(failures)('%s', async (_word, error, outcome, reason) => {
    expect(await deliver(() => Promise.reject(error))).toEqual({ outcome, reason });
  });

  test('a number that takes no messages of ours is told apart from what may pass', async () => {
    const optedOut = new ConflictException({ ...aws(400), Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' });
    expect(await deliver(() => Promise.reject(optedOut))).toEqual({
      outcome: 'refused',
      reason: 'ConflictException',
      permanent: true,
    });
  });

  test('a client that throws at once is no different', async () => {
    const throws = () => {
      throw new Error(message);
    };
    expect(await deliver(throws)).toEqual({ outcome: 'unknown', reason: 'Error' });
  });

  test('an answer without an id is no receipt', async () => {
    expect(await deliver(async () => ({}))).toEqual({ outcome: 'unknown', reason: 'MessageIdMissing' });
  });
});

describe('what is asked of AWS', () => {
  test('SMS: transactional, from the origination identity, under the protect configuration', async () => {
    const { client, calls } = stub(smsClient(), async () => ({ MessageId: 'm-1' }));
    const sms = createAwsSms(client, { originationIdentity: 'pool-1', protectConfigurationId: 'protect-1' });
    expect(await sms.send({ to, text })).toEqual({ outcome: 'accepted', messageId: 'm-1' });
    expect(calls.map(({ input }) => input)).toEqual([
      {
        DestinationPhoneNumber: to,
        OriginationIdentity: 'pool-1',
        MessageBody: text,
        MessageType: 'TRANSACTIONAL',
        ProtectConfigurationId: 'protect-1',
      },
    ]);
  });

  test.each([{}, { protectConfigurationId: '' }])(
    'SMS: no protect configuration with %j',
    async (settings) => {
      const { client, calls } = stub(smsClient(), async () => ({ MessageId: 'm-1' }));
      await createAwsSms(client, { originationIdentity: 'pool-1', ...settings }).send({ to, text });
      expect(calls[0]?.input).not.toHaveProperty('ProtectConfigurationId');
    },
  );

  test('mail: one recipient, everything in UTF-8', async () => {
    const { client, calls } = stub(sesClient(), async () => ({ MessageId: 'm-2' }));
    expect(await createSesMail(client, { from }).send(mail)).toEqual({
      outcome: 'accepted',
      messageId: 'm-2',
    });
    const utf8 = (Data: string) => ({ Charset: 'UTF-8', Data });
    expect(calls.map(({ input }) => input)).toEqual([
      {
        Source: from,
        Destination: { ToAddresses: [mail.to] },
        Message: { Subject: utf8(mail.subject), Body: { Text: utf8(mail.text), Html: utf8(mail.html) } },
      },
    ]);
  });
});
