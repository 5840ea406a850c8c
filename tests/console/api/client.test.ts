import { describe, expect, jest, test } from '@jest/globals';
import { type Client, createClient } from '../../../console/src/api/client.ts';
import { createServerClock } from '../../../console/src/api/clock.ts';

const NOW = Date.parse('2026-11-24T08:00:00.000Z');
const SENT = {
  sentTo: '138****8001',
  expiresAt: '2026-11-24T08:05:00.000Z',
  resendAt: '2026-11-24T08:01:00.000Z',
};
const ACCOUNT = {
  accountId: '100000001',
  name: 'Ming',
  phone: null,
  methods: [
    { provider: 'email', relation: 'none', display: null, since: null, actions: ['link'] },
    { provider: 'carrier_pigeon', relation: 'none', display: null, since: null, actions: [] },
  ],
  checks: [
    { ...SENT, purpose: 'link_email', step: 'phone', verifiedUntil: null, attemptsLeft: 5 },
    { ...SENT, purpose: 'sell_email', step: 'phone', verifiedUntil: null, attemptsLeft: 5 },
  ],
  lastFlow: {
    flowId: 'f1',
    provider: 'wechat',
    intent: 'link',
    result: null,
    at: '2026-11-24T08:00:00.000Z',
  },
  session: { openedBy: 'qq', expiresAt: '2026-11-24T20:00:00.000Z' },
};

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A service that gives one answer, and keeps what it was asked. */
function service(answer: Answer | Error) {
  const asked: { url: string; init: RequestInit }[] = [];
  const clock = createServerClock(() => NOW);
  const onNotSignedIn = jest.fn();
  const client = createClient({
    apiOrigin: 'https://api.example.com',
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} });
      if (answer instanceof Error) throw answer;
      const body = answer.body === undefined ? null : JSON.stringify(answer.body);
      return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
    },
    clock,
    localNow: () => NOW,
    language: () => 'zh-CN',
    onNotSignedIn,
  });
  return { client, asked, clock, onNotSignedIn };
}

describe('a request', () => {
  test.each<[string, (client: Client) => Promise<unknown>, Answer, string, unknown]>([
    ['GET /account', (c) => c.account(), { status: 200, body: ACCOUNT }, '/account', undefined],
    [
      'POST /otp/send',
      (c) => c.sendCheckCode('link_email'),
      { status: 202, body: SENT },
      '/otp/send',
      { purpose: 'link_email' },
    ],
    [
      'POST /otp/verify',
      (c) => c.verifyCheckCode('link_email', '123456'),
      { status: 200, body: { purpose: 'link_email', verifiedUntil: SENT.expiresAt } },
      '/otp/verify',
      { purpose: 'link_email', code: '123456' },
    ],
    [
      'POST /links/email/send',
      (c) => c.sendEmailCode('a@example.com'),
      { status: 202, body: SENT },
      '/links/email/send',
      { email: 'a@example.com' },
    ],
    [
      'POST /links/email',
      (c) => c.linkEmail('a@example.com', '123456'),
      { status: 201, body: { method: ACCOUNT.methods[0] } },
      '/links/email',
      { email: 'a@example.com', code: '123456' },
    ],
    [
      'POST /links/wechat',
      (c) => c.startOauth('wechat'),
      {
        status: 200,
        body: { flowId: 'f1', authorizeUrl: 'https://open.weixin.qq.com/x', expiresAt: SENT.expiresAt },
      },
      '/links/wechat',
      undefined,
    ],
    ['DELETE /links/email', (c) => c.unlink('email'), { status: 204 }, '/links/email', undefined],
    [
      'POST /sign-in/email/send',
      (c) => c.sendSignInCode('a@example.com'),
      { status: 202, body: { ...SENT, challengeId: 'c1' } },
      '/sign-in/email/send',
      { email: 'a@example.com' },
    ],
    [
      'POST /sign-in/email',
      (c) => c.signIn('c1', '123456'),
      { status: 200, body: { accountId: '100000001' } },
      '/sign-in/email',
      { challengeId: 'c1', code: '123456' },
    ],
    ['DELETE /session', (c) => c.signOut(), { status: 204 }, '/session', undefined],
  ])('%s is as the contract has it', async (name, call, answer, path, body) => {
    const { client, asked } = service(answer);
    await call(client);
    expect(asked).toHaveLength(1);
    const [{ url, init } = { url: '', init: {} }] = asked;
    expect(`${init.method} ${url}`).toBe(`${name.split(' ')[0]} https://api.example.com${path}`);
    expect(init.credentials).toBe('include');
    expect(init.headers).toEqual({
      'Accept-Language': 'zh-CN',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    });
    expect(init.body === undefined ? undefined : JSON.parse(String(init.body))).toEqual(body);
  });

  test('to sign in by a provider is left to the browser', () => {
    expect(service({ status: 204 }).client.signInUrl('qq')).toBe('https://api.example.com/sign-in/qq');
  });
});

describe('an answer', () => {
  test('may name what this page does not know yet', async () => {
    const account = await service({ status: 200, body: ACCOUNT }).client.account();
    expect(account.methods.map((method) => method.provider)).toEqual(['email']);
    expect(account.checks.map((check) => check.purpose)).toEqual(['link_email']);
    expect(account.lastFlow).toEqual({ flowId: 'f1', provider: 'wechat', intent: 'link', result: null });
  });

  test.each([undefined, [], {}, { ...ACCOUNT, methods: 'none' }, { ...ACCOUNT, session: null }])(
    'of another form is a fault of the service: %j',
    async (body) => {
      await expect(service({ status: 200, body }).client.account()).rejects.toMatchObject({
        code: 'server_error',
      });
    },
  );

  test('sends nobody to anything but a web address', async () => {
    const body = { flowId: 'f1', authorizeUrl: 'javascript:alert(1)', expiresAt: SENT.expiresAt };
    await expect(service({ status: 200, body }).client.startOauth('wechat')).rejects.toMatchObject({
      code: 'server_error',
    });
  });

  test("tells the server's time, whether it succeeded or not", async () => {
    const { client, clock } = service({
      status: 503,
      body: { code: 'unavailable' },
      headers: { date: 'Tue, 24 Nov 2026 09:00:00 GMT' },
    });
    await expect(client.account()).rejects.toMatchObject({ code: 'unavailable' });
    expect(clock.now()).toBe(NOW + 3_600_000);
  });

  test('that there is no session is told to the page, and fails the call', async () => {
    const { client, onNotSignedIn } = service({ status: 401, body: { code: 'not_signed_in' } });
    await expect(client.sendCheckCode('link_email')).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(onNotSignedIn).toHaveBeenCalledTimes(1);
  });

  test('that never came is a fault of the network', async () => {
    await expect(service(new TypeError('Failed to fetch')).client.unlink('email')).rejects.toMatchObject({
      code: 'network_error',
    });
  });
});
