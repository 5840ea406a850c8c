import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import { create } from '../../functions/canary/run.ts';
import { type CanaryInbox, type CanaryMail, createSqsInbox } from '../../lib/canary/inbox.ts';
import { readMailText } from '../../lib/canary/mail-text.ts';
import { lambdaContext, readEvent } from '../support/functions.ts';
import { newPerson } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** What the API of the world answers, as `fetch` has it. */
const fetchFrom =
  ({ settings }: World): typeof fetch =>
  async (input, { method = '', headers = {}, body } = {}) => {
    const { cookie, ...others } = headers as Record<string, string>;
    const result = await world.request(method, String(input).replace(settings.API_ORIGIN, ''), {
      headers: others,
      ...(cookie !== undefined && { cookies: cookie.split('; ') }),
      ...(body && { rawBody: String(body) }),
    });
    const reply = new Response(result.body || null, {
      status: Number(result.statusCode),
      headers: result.headers as Record<string, string>,
    });
    for (const line of result.cookies ?? []) reply.headers.append('set-cookie', line);
    return reply;
  };

/** A mailbox that gets what the world mails, a second after it is asked for. */
const inboxOf = (address: string): CanaryInbox => ({
  receive: async () => {
    world.pass({ seconds: 20 });
    await world.deliverStream();
    const mails = world.outbox.sent.filter(({ to }) => to === address);
    return mails.map(({ text }): CanaryMail => ({ at: world.nowSeconds * 1000, text }));
  },
});

/** Runs the canary as its schedule does. @returns what it counted, and logged as errors */
async function run({
  address,
  inbox = inboxOf(address),
  fetch = fetchFrom(world),
}: {
  address: string;
  inbox?: CanaryInbox;
  fetch?: typeof globalThis.fetch;
}) {
  const { observer } = world;
  const [counted, lines, measured] = [
    observer.counted.length,
    observer.lines.length,
    observer.measured.length,
  ];
  const openInbox = jest.fn((_url: string) => inbox);
  const event = readEvent('canary') as EventBridgeEvent<string, { queueUrl: string }>;
  const provided = async () => ({ ...world.dependencies, openInbox, fetch });
  const handler = create(provided) as unknown as (event: object, context: object) => Promise<void>;
  await handler({ ...event, detail: { ...event.detail, address } }, lambdaContext());
  expect(openInbox).toHaveBeenCalledWith(event.detail.queueUrl);
  return {
    counted: observer.counted.slice(counted).filter((metric) => metric.startsWith('Canary')),
    errors: observer.lines.slice(lines).filter(({ level }) => level === 'error'),
    measured: observer.measured.slice(measured),
  };
}

describe('the canary', () => {
  test('signs in by mail as anybody does, looks at its account, and signs out', async () => {
    const { address } = await newPerson(world, { links: ['email'] });
    const requests = world.exchanges.length;
    const { counted, errors, measured } = await run({ address });
    expect({ counted, errors }).toEqual({ counted: ['CanarySucceeded'], errors: [] });
    expect(measured).toEqual([['CanaryDuration', 20_000]]);
    const asked = world.exchanges.slice(requests);
    expect(
      asked.map(({ route: { method, pathPattern }, result }) => [method, pathPattern, result.statusCode]),
    ).toEqual([
      ['POST', '/sign-in/email/send', 202],
      ['POST', '/sign-in/email', 200],
      ['GET', '/account', 200],
      ['DELETE', '/session', 204],
    ]);
  });

  test('says so where no mail comes', async () => {
    const { counted, errors } = await run({ address: 'nobody-has-this@example.com' });
    expect(counted).toEqual(['CanaryFailed']);
    expect(errors).toMatchObject([{ fields: { step: 'no mail came' } }]);
  });

  test('takes no code of an older mail', async () => {
    const { address } = await newPerson(world, { links: ['email'] });
    const old = { at: world.nowSeconds * 1000 - 60_000, text: 'Your code is 123456.' };
    const newer = inboxOf(address);
    const inbox = { receive: async () => [old, ...(await newer.receive())] };
    expect((await run({ address, inbox })).counted).toEqual(['CanarySucceeded']);
  });

  test.each([
    ['is down', async () => new Response('<p>503</p>', { status: 503 }), { status: 503 }],
    [
      'refuses',
      async () => Response.json({ code: 'human_check_required' }, { status: 403 }),
      { status: 403, code: 'human_check_required' },
    ],
    ['does not answer', () => Promise.reject(new TypeError('fetch failed')), { code: 'TypeError' }],
  ])('says where it stopped if the API %s', async (_, fetch, fields) => {
    const { counted, errors } = await run({ address: 'canary@example.com', fetch });
    expect(counted).toEqual(['CanaryFailed']);
    expect(errors).toMatchObject([{ fields: { step: 'POST /sign-in/email/send', ...fields } }]);
  });

  test('logs no code that it was sent', async () => {
    const { address } = await newPerson(world, { links: ['email'] });
    const inbox = { receive: async () => [{ at: Date.now() * 2, text: 'Your code is 135791.' }] };
    const { counted, errors } = await run({ address, inbox });
    expect(counted).toEqual(['CanaryFailed']);
    expect(errors).toMatchObject([{ fields: { step: 'POST /sign-in/email', status: expect.any(Number) } }]);
    expect(JSON.stringify(errors)).not.toContain('135791');
  });
});

describe('its mailbox', () => {
  const text = '您的验证码是 246813，10 分钟内有效。=';
  const base64 = (value: string) => Buffer.from(value).toString('base64').replace(/.{76}/g, '$&\r\n');
  const quoted = (value: string) =>
    [...Buffer.from(value)]
      .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('=\r\n');
  const bytes = (value: string) => Buffer.from(value).toString('latin1');
  const part = (encoding: string, body: string) =>
    `Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
  const alternative = (first: string) =>
    `Subject: code\r\nContent-Type: multipart/alternative;\r\n boundary="=_a.b"\r\n\r\nfor nobody\r\n--=_a.b\r\n${first}\r\n--=_a.b\r\nContent-Type: text/html\r\n\r\n<p>999999</p>\r\n--=_a.b--\r\n`;

  test.each([
    ['base64', base64(text)],
    ['quoted-printable', quoted(text)],
    ['8bit', bytes(text)],
  ])('reads a text that is %s, alone or beside its HTML', (encoding, body) => {
    expect(readMailText(part(encoding, body))).toBe(text);
    expect(readMailText(alternative(part(encoding, body)))?.trimEnd()).toBe(text);
  });

  test('is a queue, out of which each mail is taken; what is no mail is left out', async () => {
    const timestamp = '2026-11-24T10:00:00.000Z';
    const content = Buffer.from(part('8bit', text)).toString('base64');
    const messages = [
      { Body: JSON.stringify({ notificationType: 'AmazonSnsSubscriptionSucceeded' }), ReceiptHandle: 'a' },
      {
        Body: JSON.stringify({ notificationType: 'Received', mail: { timestamp }, content }),
        ReceiptHandle: 'b',
      },
    ];
    const send = jest
      .fn<(operation: string, input: object) => Promise<never>>()
      .mockResolvedValueOnce({ Messages: messages } as never)
      .mockResolvedValueOnce({} as never)
      .mockResolvedValueOnce({} as never);
    const inbox = createSqsInbox({ send }, { url: 'https://sqs/canary' });
    expect(await inbox.receive()).toEqual([{ at: Date.parse(timestamp), text }]);
    expect(await inbox.receive()).toEqual([]);
    expect(send.mock.calls).toMatchObject([
      ['ReceiveMessage', { QueueUrl: 'https://sqs/canary', WaitTimeSeconds: 20 }],
      ['DeleteMessageBatch', { Entries: [{ ReceiptHandle: 'a' }, { ReceiptHandle: 'b' }] }],
      ['ReceiveMessage', { WaitTimeSeconds: 20 }],
    ]);
  });
});
