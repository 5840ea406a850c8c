import {
  ConflictException,
  type ConflictExceptionReason,
  InternalServerException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
  type ValidationExceptionReason,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { AccountSendingPausedException, MessageRejected, SESClient } from '@aws-sdk/client-ses';
import { describe, expect, jest, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { createAwsSms } from '../../lib/messages/aws-sms.ts';
import type { Delivery } from '../../lib/messages/delivery.ts';
import { createSesMail } from '../../lib/messages/mail.ts';
import { CODE_SMS, CODE_TEXT, SIGNATURE } from '../support/sms.ts';

const { to } = CODE_SMS;
const pool = { ...SIGNATURE, originationIdentity: 'pool-1' };
/** What AWS puts into its messages, and what must go no further. */
const message = `could not send "${CODE_TEXT}" to ${to}`;

const system = (fields: object) => Object.assign(new Error(message), fields);
const aws = (httpStatusCode: number) => ({ $metadata: { httpStatusCode, requestId: 'r-1' }, message });

/** Clients whose `send` is replaced: what it is given, and what comes back, are the test's. */
function stubSms(send: () => Promise<unknown>) {
  const calls: { input: unknown }[] = [];
  const client = {
    send: (_operation: string, input: object) => {
      calls.push({ input });
      return send() as Promise<never>;
    },
  };
  return { client, calls };
}
function stubSes(send: () => Promise<unknown>) {
  const calls: { input: unknown }[] = [];
  const client = new SESClient({ region: 'us-east-1' });
  client.send = jest.fn((command: { input: unknown }) => {
    calls.push(command);
    return send();
  }) as unknown as SESClient['send'];
  return { client, calls };
}

const mail = { to: 'a@example.com', subject: '登录验证码', text: '验证码', html: '<p>验证码</p>' };
const from = 'Example Cloud <no-reply@example.com>';

const REFUSED = { outcome: 'refused' } as const;
const OURS = { ...REFUSED, fault: 'ours' } as const;
const RECIPIENT = { ...REFUSED, fault: 'recipient' } as const;
const UNKNOWN = { outcome: 'unknown' } as const;

const failures: [string, unknown, Omit<Delivery, 'reason'>, string][] = [
  ['throttled', new ThrottlingException(aws(400)), REFUSED, 'ThrottlingException'],
  ['throttled with a 503', { name: 'ThrottlingException', ...aws(503) }, REFUSED, 'ThrottlingException'],
  ['SES throttled', { name: 'Throttling', ...aws(400) }, REFUSED, 'Throttling'],
  [
    'over the spend limit',
    new ServiceQuotaExceededException({ ...aws(400), Reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT' }),
    OURS,
    'ServiceQuotaExceededException',
  ],
  ['rejected by SES', new MessageRejected(aws(400)), OURS, 'MessageRejected'],
  ['paused by SES', new AccountSendingPausedException(aws(400)), OURS, 'AccountSendingPausedException'],
  [
    'an address that is none',
    { name: 'InvalidParameterValue', ...aws(400) },
    RECIPIENT,
    'InvalidParameterValue',
  ],
  ['forbidden', { name: 'AccessDeniedException', ...aws(403) }, OURS, 'AccessDeniedException'],
  ['their fault', new InternalServerException(aws(500)), UNKNOWN, 'InternalServerException'],
  ['unavailable', { name: 'ServiceUnavailable', ...aws(503) }, UNKNOWN, 'ServiceUnavailable'],
  ['an answer that cannot be read', { name: 'SyntaxError', ...aws(200) }, UNKNOWN, 'SyntaxError'],
  ['timed out', system({ name: 'TimeoutError', code: 'ETIMEDOUT' }), UNKNOWN, 'TimeoutError'],
  ['reset', system({ name: 'TimeoutError', code: 'ECONNRESET', syscall: 'read' }), UNKNOWN, 'TimeoutError'],
  ['reset, as node says it', system({ code: 'ECONNRESET', syscall: 'read' }), UNKNOWN, 'ECONNRESET'],
  ['hung up', system({ code: 'EPIPE', syscall: 'write' }), UNKNOWN, 'EPIPE'],
  ['nobody listens', system({ code: 'ECONNREFUSED', syscall: 'connect' }), REFUSED, 'ECONNREFUSED'],
  [
    'nobody listens at any address',
    Object.assign(new AggregateError([], message), { code: 'ECONNREFUSED' }),
    REFUSED,
    'ECONNREFUSED',
  ],
  ['no such host', system({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), REFUSED, 'ENOTFOUND'],
  ['no name service', system({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), REFUSED, 'EAI_AGAIN'],
  ['no route', system({ code: 'EHOSTUNREACH', syscall: 'connect' }), REFUSED, 'EHOSTUNREACH'],
  ['route lost on the way', system({ code: 'EHOSTUNREACH', syscall: 'read' }), UNKNOWN, 'EHOSTUNREACH'],
  ['nothing to sign with', system({ name: 'CredentialsProviderError' }), OURS, 'CredentialsProviderError'],
  ['a name that is a text', system({ name: message }), UNKNOWN, 'Error'],
  ['not even an error', CODE_TEXT, UNKNOWN, 'Error'],
  ['nothing', undefined, UNKNOWN, 'Error'],
];

describe.each([
  ['SMS', (send: () => Promise<unknown>) => createAwsSms(stubSms(send).client, pool).send(CODE_SMS)],
  ['mail', (send: () => Promise<unknown>) => createSesMail(stubSes(send).client, { from }).send(mail)],
])('%s that did not go well', (_channel, deliver) => {
  test.each(failures)('%s', async (_word, error, outcome, reason) => {
    expect(await deliver(() => Promise.reject(error))).toEqual({ ...outcome, reason });
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

describe('an SMS that was refused', () => {
  const faultOf = async (error: Error) => {
    const { client } = stubSms(() => Promise.reject(error));
    return (await createAwsSms(client, pool).send(CODE_SMS)) as {
      readonly fault?: string;
      readonly problem?: string;
    };
  };
  const conflict = (Reason: ConflictExceptionReason) => new ConflictException({ ...aws(400), Reason });
  const invalid = (Reason: ValidationExceptionReason, ...names: string[]) =>
    new ValidationException({
      ...aws(400),
      Reason,
      ...(names.length > 0 && { Fields: names.map((Name) => ({ Name, Message: message })) }),
    });
  const notFound = new ResourceNotFoundException({
    ...aws(400),
    ResourceType: 'sender-id',
    ResourceId: 'EXAMPLE',
  });

  test.each([
    ['has opted out', conflict('DESTINATION_PHONE_NUMBER_OPTED_OUT'), 'recipient_opted_out'],
    ['is blocked', conflict('DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE')],
    [
      'is in a blocked country',
      conflict('DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION'),
      'country_not_served',
    ],
    ['is no number', invalid('INVALID_PARAMETER', 'DestinationPhoneNumber')],
    ['is no number, in AWS’s other words', invalid('FIELD_VALIDATION_FAILED', 'DestinationPhoneNumber')],
    ['is no number, as far as can be told', invalid('INVALID_PARAMETER')],
  ])('for its number, which %s, is not to be sent again', async (_word, error, problem = '') => {
    expect(await faultOf(error)).toEqual({
      outcome: 'refused',
      reason: error.name,
      fault: 'recipient',
      ...(problem && { problem }),
    });
  });

  test('in a country that AWS does not send to is one that another may send to', async () => {
    expect(await faultOf(invalid('DESTINATION_COUNTRY_BLOCKED'))).toEqual({
      outcome: 'refused',
      reason: 'ValidationException',
      fault: 'recipient',
      problem: 'country_not_served',
      another: true,
    });
  });

  test.each([
    ['the number is not verified, in the sandbox', conflict('DESTINATION_PHONE_NUMBER_NOT_VERIFIED')],
    ['there is nothing to send from', conflict('NO_ORIGINATION_IDENTITIES_FOUND')],
    ['the sender is unknown', notFound],
    ['the sender is not for that country', invalid('INVALID_IDENTITY_FOR_DESTINATION_COUNTRY')],
    ['the sender is malformed', invalid('INVALID_PARAMETER', 'OriginationIdentity')],
    ['the text is malformed', invalid('FIELD_VALIDATION_FAILED', 'MessageBody', 'DestinationPhoneNumber')],
  ])('because %s, is ours to mend', async (_word, error) => {
    expect((await faultOf(error)).fault).toBe('ours');
  });
});

describe('what is asked of AWS', () => {
  test('SMS: transactional, from the origination identity, under the protect configuration', async () => {
    const { client, calls } = stubSms(async () => ({ MessageId: 'm-1' }));
    const sender = createAwsSms(client, { ...pool, protectConfigurationId: 'protect-1' });
    expect(await sender.send(CODE_SMS)).toEqual({ outcome: 'accepted', messageId: 'm-1' });
    expect(calls.map(({ input }) => input)).toEqual([
      {
        DestinationPhoneNumber: to,
        OriginationIdentity: 'pool-1',
        MessageBody: CODE_TEXT,
        MessageType: 'TRANSACTIONAL',
        ProtectConfigurationId: 'protect-1',
        Context: { service: 'account-linking', country: 'other' },
      },
    ]);
  });

  test('SMS: with the configuration set, and its country for the receipt, and no more of the number', async () => {
    const { client, calls } = stubSms(async () => ({ MessageId: 'm-1' }));
    const more = { configurationSet: 'a-set', countries: ['86', '1', '1500'] };
    await createAwsSms(client, { ...pool, ...more }).send(CODE_SMS);
    expect(calls[0]?.input).toMatchObject({
      ConfigurationSetName: 'a-set',
      Context: { service: 'account-linking', country: '1500' },
    });
  });

  test.each([{}, { protectConfigurationId: '' }])(
    'SMS: no protect configuration with %j',
    async (settings) => {
      const { client, calls } = stubSms(async () => ({ MessageId: 'm-1' }));
      await createAwsSms(client, { ...pool, ...settings }).send(CODE_SMS);
      expect(calls[0]?.input).not.toHaveProperty('ProtectConfigurationId');
    },
  );

  test('SMS: no origination identity where none is set, so that AWS chooses', async () => {
    const { client, calls } = stubSms(async () => ({ MessageId: 'm-1' }));
    await createAwsSms(client, { ...pool, originationIdentity: '' }).send(CODE_SMS);
    expect(calls[0]?.input).not.toHaveProperty('OriginationIdentity');
  });

  test('mail: one recipient, everything in UTF-8', async () => {
    const { client, calls } = stubSes(async () => ({ MessageId: 'm-2' }));
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

  test('mail: with the configuration set, its sender’s name encoded, and who chose the address', async () => {
    const { client, calls } = stubSes(async () => ({ MessageId: 'm-2' }));
    const sender = createSesMail(client, {
      from: '示例云 <no-reply@example.com>',
      configurationSet: 'a-set',
    });
    const askedBy = { accountId: '100000001' as AccountId, openedBy: 'qq' } as const;
    await sender.send({ ...mail, askedBy });
    expect(calls[0]?.input).toMatchObject({
      Source: '=?UTF-8?B?56S65L6L5LqR?= <no-reply@example.com>',
      ConfigurationSetName: 'a-set',
      Tags: [
        { Name: 'account', Value: '100000001' },
        { Name: 'opened_by', Value: 'qq' },
      ],
    });
  });
});
