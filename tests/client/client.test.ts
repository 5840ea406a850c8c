import { describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod/mini';
import { type Client, createClient } from '../../client/src/client.ts';
import { ROUTES, type Route } from '../../lib/contract/routes.ts';

const NOW = Date.parse('2026-11-24T08:00:00.000Z');
const SENT = {
  sentTo: '138****8001',
  expiresAt: '2026-11-24T08:05:00.000Z',
  resendAt: '2026-11-24T08:01:00.000Z',
};
const MAILED = { ...SENT, sentTo: 'a***@example.com' };
const FLOW_ID = 'flow-of-the-wechat-scan';
const CHALLENGE_ID = 'challenge-of-the-sign-in';
const NOT_LINKED = { relation: 'none', display: null, since: null, state: null, stateUntil: null };
const TOLD = {
  type: 'linked',
  isAttempt: false,
  provider: 'wechat',
  display: 'Lin',
  at: '2026-11-24T07:00:00.000Z',
  ip: '203.0.*.*',
  device: 'Mozilla/5.0',
};
const NOTICE = { id: 'c0mb2k4xz1aB-_9ZyXwV12', ...TOLD };
const ACCOUNT = {
  accountId: '100000001',
  name: 'Ming',
  phone: null,
  methods: [
    { ...NOT_LINKED, provider: 'email', actions: ['link', 'sell'] },
    { ...NOT_LINKED, provider: 'carrier_pigeon', actions: [] },
  ],
  checks: [
    { ...SENT, purpose: 'link_email', step: 'phone', verifiedUntil: null, attemptsLeft: 5 },
    { ...SENT, purpose: 'sell_email', step: 'phone', verifiedUntil: null, attemptsLeft: 5 },
  ],
  lastFlow: {
    flowId: FLOW_ID,
    provider: 'wechat',
    intent: 'link',
    result: null,
    at: '2026-11-24T08:00:00.000Z',
  },
  session: { openedBy: 'qq', expiresAt: '2026-11-24T20:00:00.000Z' },
  notices: [NOTICE],
};

const LINKED = {
  provider: 'email',
  relation: 'linked',
  display: 'a***@example.com',
  since: '2026-11-24T08:00:00.000Z',
  actions: ['unlink'],
  state: 'probation',
  stateUntil: '2026-11-27T08:00:00.000Z',
};
const SESSION = {
  id: 'q0Fh3PjKc7sQy1Jw8ZtXgA',
  openedBy: 'email',
  device: '',
  ip: '203.0.*.*',
  since: '2026-11-24T08:00:00.000Z',
  lastSeenAt: '2026-11-24T08:00:00.000Z',
  current: true,
};
const EVENT = {
  type: 'refused',
  provider: 'wechat',
  display: 'Yue',
  at: '2026-11-24T07:00:00.000Z',
  ip: '203.0.*.*',
  device: 'Mozilla/5.0',
  reason: 'identity_linked',
};
const STORY = {
  ...TOLD,
  expiresAt: '2026-11-27T07:00:00.000Z',
  confirmedAt: null,
  restoredAt: null,
  restore: 'unlink',
  only: ['email', 'wechat'],
  frozenUntil: null,
  language: 'en',
};

/** Whether a request is one of a route's; the first route whose path fits is, as those without a variable come first. */
function matches(route: Route, method: string, path: string): boolean {
  const pattern = new RegExp(`^${route.path.replace(/\{\w+\}/g, '[\\w-]+')}(\\?|$)`);
  return route.method === method && pattern.test(path);
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A service that gives one answer, and keeps what it was asked. */
function service(answer: Answer | Error) {
  const asked: { url: string; init: RequestInit }[] = [];
  const onNotSignedIn = jest.fn();
  const client = createClient({
    apiOrigin: 'https://api.example.com',
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} });
      if (answer instanceof Error) throw answer;
      const body = answer.body === undefined ? null : JSON.stringify(answer.body);
      return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
    },
    localNow: () => NOW,
    language: () => 'zh-CN',
    onNotSignedIn,
  });
  return { client, asked, onNotSignedIn };
}

describe('a request', () => {
  test.each<[string, (client: Client) => Promise<unknown>, Answer, string, unknown]>([
    ['GET /account', (c) => c.showAccount(), { status: 200, body: ACCOUNT }, '/account', undefined],
    [
      'POST /otp/send',
      (c) => c.sendIdentityCheck({ purpose: 'link_email' }),
      { status: 202, body: { ...SENT, purpose: 'link_email' } },
      '/otp/send',
      { purpose: 'link_email' },
    ],
    [
      'POST /otp/verify',
      (c) => c.verifyIdentityCheck({ purpose: 'link_email', code: '123456' }),
      { status: 200, body: { purpose: 'link_email', verifiedUntil: SENT.expiresAt } },
      '/otp/verify',
      { purpose: 'link_email', code: '123456' },
    ],
    [
      'POST /links/email/send',
      (c) => c.sendLinkEmailCode({ email: 'a@example.com' }),
      { status: 202, body: MAILED },
      '/links/email/send',
      { email: 'a@example.com' },
    ],
    [
      'POST /links/email',
      (c) => c.linkEmail({ email: 'a@example.com', code: '123456' }),
      { status: 201, body: { method: LINKED } },
      '/links/email',
      { email: 'a@example.com', code: '123456' },
    ],
    [
      'POST /links/wechat',
      (c) => c.beginLink({ provider: 'wechat' }),
      {
        status: 200,
        body: { flowId: FLOW_ID, authorizeUrl: 'https://open.weixin.qq.com/x', expiresAt: SENT.expiresAt },
      },
      '/links/wechat',
      undefined,
    ],
    [
      'POST /links/wechat, to come back to a page',
      (c) => c.beginLink({ provider: 'wechat', returnTo: 'https://console.example.com/oauth-result' }),
      {
        status: 200,
        body: { flowId: FLOW_ID, authorizeUrl: 'https://api.example.com/x', expiresAt: SENT.expiresAt },
      },
      '/links/wechat',
      { returnTo: 'https://console.example.com/oauth-result' },
    ],
    [
      'POST /links/wechat/finish',
      (c) => c.finishLink({ provider: 'wechat', flowId: FLOW_ID, code: 'a-code' }),
      { status: 201, body: { method: LINKED } },
      '/links/wechat/finish',
      { flowId: FLOW_ID, code: 'a-code' },
    ],
    [
      'DELETE /links/email',
      (c) => c.unlink({ provider: 'email' }),
      { status: 204 },
      '/links/email',
      undefined,
    ],
    [
      'POST /links/email/clear',
      (c) => c.clearMethod({ provider: 'email' }),
      { status: 204 },
      '/links/email/clear',
      undefined,
    ],
    [
      'POST /account/only',
      (c) => c.keepOnly(),
      { status: 200, body: { methods: [LINKED] } },
      '/account/only',
      undefined,
    ],
    [
      'DELETE /account/notices/{id}',
      (c) => c.dismissNotice({ id: NOTICE.id }),
      { status: 204 },
      `/account/notices/${NOTICE.id}`,
      undefined,
    ],
    [
      'POST /account/notices/{id}/disown',
      (c) => c.disownNotice({ id: NOTICE.id }),
      { status: 200, body: STORY },
      `/account/notices/${NOTICE.id}/disown`,
      undefined,
    ],
    [
      'POST /sign-in/email/send',
      (c) => c.sendSignInCode({ email: 'a@example.com' }),
      { status: 202, body: { ...MAILED, challengeId: CHALLENGE_ID } },
      '/sign-in/email/send',
      { email: 'a@example.com' },
    ],
    [
      'POST /sign-in/email',
      (c) => c.signInByEmail({ challengeId: CHALLENGE_ID, code: '123456' }),
      { status: 200, body: { accountId: '100000001' } },
      '/sign-in/email',
      { challengeId: CHALLENGE_ID, code: '123456' },
    ],
    [
      'POST /sign-in/email/send',
      (c) => c.sendSignInCode({ email: 'a@example.com', humanCheck: { ticket: 't', randstr: 'r' } }),
      { status: 202, body: { ...MAILED, challengeId: CHALLENGE_ID } },
      '/sign-in/email/send',
      { email: 'a@example.com', humanCheck: { ticket: 't', randstr: 'r' } },
    ],
    ['DELETE /session', (c) => c.endSession(), { status: 204 }, '/session', undefined],
    ['DELETE /sessions', (c) => c.endAllSessions(), { status: 204 }, '/sessions', undefined],
    [
      'GET /sessions',
      (c) => c.listSessions(),
      { status: 200, body: { sessions: [SESSION, { ...SESSION, openedBy: 'of tomorrow' }] } },
      '/sessions',
      undefined,
    ],
    [
      'DELETE /sessions/{id}',
      (c) => c.endOneSession({ id: SESSION.id }),
      { status: 204 },
      `/sessions/${SESSION.id}`,
      undefined,
    ],
    [
      'PUT /account/preferences',
      (c) => c.setPreferences({ language: undefined, notify: 'mail' }),
      { status: 200, body: { language: null, notify: 'mail' } },
      '/account/preferences',
      { notify: 'mail' },
    ],
    [
      'GET /account/export',
      (c) => c.exportAccount(),
      { status: 200, body: { account: { accountId: '100000001' } } },
      '/account/export',
      undefined,
    ],
    [
      'GET /account/history',
      (c) => c.showHistory(),
      { status: 200, body: { events: [EVENT], next: null } },
      '/account/history',
      undefined,
    ],
    [
      'GET /account/history, further on',
      (c) => c.showHistory({ cursor: 'a/b c' }),
      { status: 200, body: { events: [], next: null } },
      '/account/history?cursor=a%2Fb%20c',
      undefined,
    ],
    [
      'POST /undo/open',
      (c) => c.openUndo({ phone: '13800138001', code: '123456' }),
      { status: 200, body: { token: 'a.b.c' } },
      '/undo/open',
      { phone: '13800138001', code: '123456' },
    ],
    [
      'POST /undo/show',
      (c) => c.showUndo({ token: 'a.b.c' }),
      { status: 200, body: STORY },
      '/undo/show',
      { token: 'a.b.c' },
    ],
    [
      'POST /undo',
      (c) => c.confirmUndo({ token: 'a.b.c' }),
      { status: 200, body: STORY },
      '/undo',
      { token: 'a.b.c' },
    ],
    [
      'POST /undo/code',
      (c) => c.sendUndoCode({ token: 'a.b.c' }),
      { status: 202, body: SENT },
      '/undo/code',
      { token: 'a.b.c' },
    ],
    [
      'POST /undo/restore',
      (c) => c.restoreMethod({ token: 'a.b.c', code: '123456' }),
      { status: 200, body: STORY },
      '/undo/restore',
      { token: 'a.b.c', code: '123456' },
    ],
    [
      'POST /undo/restore, and keep one method alone',
      (c) => c.restoreMethod({ token: 'a.b.c', code: '123456', only: 'email' }),
      { status: 200, body: STORY },
      '/undo/restore',
      { token: 'a.b.c', code: '123456', only: 'email' },
    ],
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
    const { form } = ROUTES.find((route) => matches(route, String(init.method), path)) as Route;
    const allowed = form.body && form.isBodyOptional ? z.optional(form.body) : form.body;
    expect((allowed ?? z.undefined()).safeParse(body).error).toBeUndefined();
  });

  test('to sign in by a provider is left to the browser', () => {
    expect(service({ status: 204 }).client.signInUrl('qq')).toBe(
      'https://api.example.com/sign-in/qq?lang=zh-CN',
    );
  });
});

describe('an answer', () => {
  test('may name what this page does not know yet', async () => {
    const account = await service({ status: 200, body: ACCOUNT }).client.showAccount();
    expect(account.methods).toEqual([{ ...ACCOUNT.methods[0], actions: ['link'] }]);
    expect(account.checks.map((check) => check.purpose)).toEqual(['link_email']);
    expect(account.lastFlow).toEqual(ACCOUNT.lastFlow);
  });

  test('of a service from before there were states and notices blanks nothing', async () => {
    const { notices: _notices, ...account } = ACCOUNT;
    const { state: _state, stateUntil: _until, ...method } = LINKED;
    const { only: _only, isAttempt: _isAttempt, ...story } = STORY;
    const before = { ...account, methods: [method] };
    const read = await service({ status: 200, body: before }).client.showAccount();
    expect(read.methods).toEqual([{ ...method, state: null, stateUntil: null }]);
    expect(read.notices).toEqual([]);
    expect(await service({ status: 200, body: story }).client.showUndo({ token: 'a.b.c' })).toEqual({
      ...story,
      isAttempt: false,
      only: [],
    });
  });

  test('may have notices, states and methods of tomorrow', async () => {
    const notices = [NOTICE, { ...NOTICE, type: 'sold' }, { ...NOTICE, provider: 'carrier_pigeon' }];
    const methods = [{ ...LINKED, state: 'sold' }];
    const read = await service({ status: 200, body: { ...ACCOUNT, notices, methods } }).client.showAccount();
    expect(read.notices).toEqual([NOTICE]);
    expect(read.methods).toEqual([{ ...LINKED, state: null }]);
    const story = { ...STORY, only: ['carrier_pigeon', 'qq'] };
    expect((await service({ status: 200, body: story }).client.showUndo({ token: 'a.b.c' })).only).toEqual([
      'qq',
    ]);
  });

  test.each([
    [{ result: 'sold' }, { ...ACCOUNT.lastFlow, result: 'sold' }],
    [{ provider: 'carrier_pigeon' }, null],
    [{ intent: 'sell' }, null],
  ])('with a flow of tomorrow: %j', async (tomorrow, lastFlow) => {
    const body = { ...ACCOUNT, lastFlow: { ...ACCOUNT.lastFlow, ...tomorrow } };
    expect(await service({ status: 200, body }).client.showAccount()).toMatchObject({ lastFlow });
  });

  test.each([undefined, [], {}, { ...ACCOUNT, methods: 'none' }, { ...ACCOUNT, session: null }])(
    'of another form is a fault of the service: %j',
    async (body) => {
      await expect(service({ status: 200, body }).client.showAccount()).rejects.toMatchObject({
        code: 'server_error',
      });
    },
  );

  test('says until when changes are frozen', async () => {
    const frozenUntil = '2026-11-25T08:00:00.000Z';
    const read = (body: unknown) => service({ status: 200, body }).client.showAccount();
    expect((await read({ ...ACCOUNT, frozenUntil })).frozenUntil).toBe(frozenUntil);
    expect((await read({ ...ACCOUNT, frozenUntil: null })).frozenUntil).toBeNull();
    expect((await read(ACCOUNT)).frozenUntil).toBeNull();
    await expect(read({ ...ACCOUNT, frozenUntil: 'soon' })).rejects.toMatchObject({ code: 'server_error' });
  });

  test('with a history may name events of tomorrow', async () => {
    const events = [EVENT, { ...EVENT, type: 'sold' }, { ...EVENT, provider: 'carrier_pigeon' }];
    const page = await service({ status: 200, body: { events, next: 'c1' } }).client.showHistory();
    expect(page).toEqual({ events: [EVENT], next: 'c1' });
  });

  test('is shown even if what is only shown has another form', async () => {
    const odd = { ...EVENT, display: null, ip: '::1', device: 'x'.repeat(300), reason: 7 };
    const { client } = service({ status: 200, body: { events: Array(21).fill(odd), next: null } });
    expect((await client.showHistory()).events).toEqual(
      Array(21).fill({ ...odd, display: '', reason: null }),
    );
    const methods = [{ ...ACCOUNT.methods[0], display: 7, since: 'long ago' }];
    const checks = [{ ...ACCOUNT.checks[0], sentTo: 'your phone', attemptsLeft: 'many' }];
    const body = { ...ACCOUNT, phone: '+1-***-34', methods, checks };
    expect(await service({ status: 200, body }).client.showAccount()).toMatchObject({
      phone: '+1-***-34',
      methods: [{ display: null, since: null }],
      checks: [{ sentTo: 'your phone', attemptsLeft: null }],
    });
    const story = { ...STORY, display: 7, ip: '::1' };
    expect(await service({ status: 200, body: story }).client.showUndo({ token: 'a.b.c' })).toMatchObject({
      display: '',
      ip: '::1',
    });
  });

  test.each([
    {},
    { events: 'none', next: null },
    { events: [] },
    { events: [{ ...EVENT, at: 'yesterday' }], next: null },
  ])('with a history of another form is a fault of the service: %j', async (body) => {
    await expect(service({ status: 200, body }).client.showHistory()).rejects.toMatchObject({
      code: 'server_error',
    });
  });

  test('about an undo link is taken whole', async () => {
    expect(
      await service({ status: 200, body: { ...STORY, extra: 1 } }).client.showUndo({ token: 'a.b.c' }),
    ).toEqual(STORY);
  });

  test('about an undo link in a language that the page does not speak suggests none', async () => {
    for (const language of ['fr', undefined])
      expect(
        (await service({ status: 200, body: { ...STORY, language } }).client.showUndo({ token: 'a.b.c' }))
          .language,
      ).toBeNull();
  });

  test.each([
    { type: 'sold' },
    { provider: 'carrier_pigeon' },
    { at: null },
    { expiresAt: 'never' },
    { confirmedAt: 1 },
    { restore: 'sell' },
    { restore: undefined },
    { frozenUntil: 'soon' },
  ])('about an undo link is not guessed at: %j', async (overrides) => {
    const { client } = service({ status: 200, body: { ...STORY, ...overrides } });
    await expect(client.showUndo({ token: 'a.b.c' })).rejects.toMatchObject({ code: 'server_error' });
  });

  test('sends nobody to anything but a web address', async () => {
    const body = { flowId: FLOW_ID, authorizeUrl: 'javascript:alert(1)', expiresAt: SENT.expiresAt };
    await expect(
      service({ status: 200, body }).client.beginLink({ provider: 'wechat' }),
    ).rejects.toMatchObject({
      code: 'server_error',
    });
  });

  test("tells the server's time, whether it succeeded or not", async () => {
    const { client } = service({
      status: 503,
      body: { code: 'unavailable' },
      headers: { date: 'Tue, 24 Nov 2026 09:00:00 GMT' },
    });
    await expect(client.showAccount()).rejects.toMatchObject({ code: 'unavailable' });
    expect(client.clock.now()).toBe(NOW + 3_600_000);
  });

  test('that there is no session is told to the page, and fails the call', async () => {
    const { client, onNotSignedIn } = service({ status: 401, body: { code: 'not_signed_in' } });
    await expect(client.sendIdentityCheck({ purpose: 'link_email' })).rejects.toMatchObject({
      code: 'not_signed_in',
    });
    expect(onNotSignedIn).toHaveBeenCalledTimes(1);
  });

  test('that never came is a fault of the network', async () => {
    await expect(
      service(new TypeError('Failed to fetch')).client.unlink({ provider: 'email' }),
    ).rejects.toMatchObject({
      code: 'network_error',
    });
  });
});
