import { describe, expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import type { RequestOptions } from '../support/functions.ts';
import { type Member, newAddress, newMember, wrongCode } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const member = await newMember(world);

/** Every route with a body, and one it takes. */
const ROUTES: Record<string, Record<string, unknown>> = {
  '/otp/send': { purpose: 'link_email' },
  '/otp/verify': { purpose: 'link_email', code: '123456' },
  '/links/email/send': { email: 'somebody@example.com' },
  '/links/email': { email: 'somebody@example.com', code: '123456' },
  '/links/wechat': {},
  '/sign-in/email/send': { email: 'somebody@example.com' },
  '/sign-in/email': { challengeId: 'A'.repeat(44), code: '123456' },
};

function expectInvalid(reply: Reply): void {
  expectProblem(reply, 'invalid_request', { errors: expect.any(Array) });
  expect(reply.json.errors.length).toBeGreaterThan(0);
  for (const error of reply.json.errors)
    expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\S/) });
}

const base64 = (bytes: Uint8Array | string): RequestOptions => ({
  rawBody: Buffer.from(bytes).toString('base64'),
  isBase64Encoded: true,
});

describe.each(Object.entries(ROUTES))('POST %s', (path, good) => {
  const send = (options: RequestOptions) => member.browser.send('POST', path, options);
  const typed = (type: string | undefined): RequestOptions => ({
    body: good,
    headers: { 'content-type': type },
  });

  test('refuses what is no JSON object', async () => {
    for (const rawBody of [
      '{',
      '}',
      '{"a":}',
      "{'a':1}",
      'null',
      '[]',
      '"x"',
      '1',
      'true',
      'NaN',
      '[{}]',
      ' ',
    ])
      expectInvalid(await send({ rawBody }));
    expectInvalid(await send({ rawBody: `[${JSON.stringify(good)}]` }));
    expectInvalid(await send({ rawBody: `${JSON.stringify(good)}${JSON.stringify(good)}` }));
  });

  test('refuses what is too large or too deep', async () => {
    expectInvalid(await send({ body: { ...good, padding: 'x'.repeat(20_000) } }));
    expectInvalid(await send({ rawBody: JSON.stringify(good) + ' '.repeat(1_000_000) }));
    expectInvalid(await send({ rawBody: '['.repeat(8_000) }));
    expectInvalid(await send({ rawBody: `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}` }));
  });

  test('refuses members it does not know, and repeats none of them', async () => {
    for (const name of [
      'extra-member',
      'constructor',
      'toString',
      'hasOwnProperty',
      '',
      '\ud800',
      '__proto__',
    ])
      expectInvalid(
        await send({ rawBody: JSON.stringify({ ...good, ['x']: 0 }).replace('"x"', JSON.stringify(name)) }),
      );
    const reply = await send({ body: { ...good, 'extra-member': 'extra-value' } });
    expect(JSON.stringify(reply.json)).not.toMatch(/extra/);
  });

  test('refuses members of a wrong type', async () => {
    for (const name of Object.keys(good))
      for (const value of [null, 0, 123456, true, [], ['123456'], {}, { $gt: '' }, '', ' ', 'x'.repeat(600)])
        if (!(name === 'challengeId' && typeof value === 'string' && value.length < 600)) {
          const reply = await send({ body: { ...good, [name]: value } });
          expectInvalid(reply);
          expect(reply.json.errors[0].path).toBe(name);
        }
  });

  test('refuses every member that is missing, all at once', async () => {
    const names = Object.keys(good);
    if (names.length === 0) return;
    const reply = await send({ body: {} });
    expectInvalid(reply);
    expect(reply.json.errors.map((error: { path: string }) => error.path).sort()).toEqual(names.sort());
    expectInvalid(await send({}));
  });

  test('refuses another content type', async () => {
    for (const type of [
      undefined,
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/json-seq',
      'application/json, text/plain',
      'text/plain; application/json',
      'json',
    ])
      expectInvalid(await send(typed(type)));
  });

  test('takes its own content type in any case, with parameters, and a body the gateway has encoded', async () => {
    for (const type of ['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8'])
      expect((await send(typed(type))).json.code).not.toBe('invalid_request');
    expect((await send(base64(JSON.stringify(good)))).json.code).not.toBe('invalid_request');
  });

  test('refuses what is no UTF-8', async () => {
    const text = JSON.stringify({ ...good, padding: '@' });
    const broken = Buffer.from(text);
    broken[text.indexOf('@')] = 0xff;
    expectInvalid(await send(base64(broken)));
    expectInvalid(await send(base64(new Uint8Array([0xc3, 0x28]))));
    expectInvalid(await send(base64(Buffer.from(JSON.stringify(good), 'utf16le'))));
    expectInvalid(await send({ rawBody: 'not base64 at all', isBase64Encoded: true }));
  });
});

describe('an address', () => {
  test.each([
    'Alice <alice@example.com>',
    '"Alice" <alice@example.com>',
    '<alice@example.com>',
    'alice@example.com, bob@example.com',
    'mailto:alice@example.com',
    `${'a'.repeat(300)}@example.com`,
    `${'a'.repeat(65)}@example.com`,
    `a@${'example.'.repeat(40)}com`,
    `a@${'e'.repeat(64)}.com`,
    'alice',
    'alice@',
    '@example.com',
    'alice@@example.com',
    'a@b@example.com',
    'alice@localhost',
    'alice@example',
    'alice@example..com',
    'alice@.example.com',
    'alice@example.com.',
    'alice@-example.com',
    'alice@example-.com',
    'alice@exa mple.com',
    'al ice@example.com',
    'alice@127.0.0.1',
    'alice@[127.0.0.1]',
    'alice@0x7f.1',
    'alice@2130706433',
    'alice@１２７.０.０.１',
    'alice@example.com:25',
    'alice@example.com/path',
    'alice@example.com?x=1',
    'alice@example.com#x',
    'alice@example.com\\x',
    'alice@exam%70le.com',
    'alice@xn--a.com',
    'alice@xn--dca.com',
    '.alice@example.com',
    'alice.@example.com',
    'al..ice@example.com',
    '"al ice"@example.com',
    'al(ice)@example.com',
    'alice@example.com\r\nBcc: bob@example.com',
    'alice\r\n@example.com',
    'ali\u0000ce@example.com',
    'alice@exam\u0000ple.com',
    'ａlice@example.com',
    '\u212aelvin@example.com',
    'änne@example.com',
    'ali\u200bce@example.com',
    '爱丽丝@例子.中国',
    'alice@\ud83d',
    '👩‍👩‍👧@👩‍👩‍👧.com',
  ])('%j is none', async (email) => {
    const reply = await world.browser().post('/sign-in/email/send', { email });
    expectInvalid(reply);
    expect(reply.json.errors).toMatchObject([{ path: 'email' }]);
    if (email.length > 20) expect(reply.json.errors[0].message).not.toContain(email);
  });

  test.each([
    ["o'hara+tag_1!#$%&*/=?^`{|}~-@example.com", "o'hara+tag_1!#$%&*/=?^`{|}~-@example.com"],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    ['alice@faß.example', 'alice@xn--fa-hia.example'],
    ['alice@例子.中国', 'alice@xn--fsqu00a.xn--fiqs8s'],
    ['alice@例子。中国', 'alice@xn--fsqu00a.xn--fiqs8s'],
    ['alice@ＥＸＡＭＰＬＥ.com', 'alice@example.com'],
    ['alice@xn--FSQU00A.xn--fiqs8s', 'alice@xn--fsqu00a.xn--fiqs8s'],
    ['\u3000Alice@Example.com\u00a0', 'alice@example.com'],
    ['\u202e（alice＠example.com\u200b），', 'alice@example.com'],
  ])('%j is one, in the form %j', async (email, form) => {
    await newMember(world, { links: ['email'], address: form }).catch(() => undefined);
    const browser = world.browser();
    world.pass({ seconds: 60 });
    expect((await browser.post('/sign-in/email/send', { email })).status).toBe(202);
    await world.deliverStream();
    expect(world.outbox.sent[0]?.to).toBe(form);
  });
});

describe('a code', () => {
  test.each(['12345', '1234567', '12345O', '٠١٢٣٤٥', '¹²³⁴⁵⁶', '1e5000', '0x1234', '123,456', '12-34-56'])(
    '%j is none',
    async (code) => {
      const reply = await world.browser().post('/sign-in/email', { challengeId: 'A'.repeat(44), code });
      expectInvalid(reply);
    },
  );
});

test('a request to delete has no body, or one of our content type', async () => {
  for (const path of ['/links/email', '/session']) {
    const { browser } = await newMember(world);
    const options = { rawBody: 'x=1', headers: { 'content-type': 'text/plain' } };
    expectInvalid(await browser.delete(path, options));
  }
});

describe('no waiting code is lost by bad input', () => {
  async function waitsForEverything(): Promise<Member & { email: string; challengeId: string }> {
    const fresh = await newMember(world);
    const email = newAddress();
    await fresh.browser.checkIdentity('link_email', fresh.phone);
    await fresh.browser.post('/links/email/send', { email });
    await fresh.browser.post('/otp/send', { purpose: 'link_wechat' });
    world.pass({ seconds: 60 });
    const { json } = await world.browser().post('/sign-in/email/send', { email: 'registered@example.com' });
    await world.deliverStream();
    return { ...fresh, email, challengeId: json.challengeId };
  }

  test('nor any guess at it', async () => {
    const { browser, phone, email, challengeId } = await waitsForEverything();
    const junk = ['{', 'null', '[]', '{"purpose":"link_wechat","code":123456}', '{"code":"12345"}'];
    for (const path of Object.keys(ROUTES))
      for (const rawBody of junk) expect((await browser.send('POST', path, { rawBody })).status).toBe(400);
    for (const code of ['12345', 'abcdef', ''])
      for (const [path, rest] of [
        ['/otp/verify', { purpose: 'link_wechat' }],
        ['/links/email', { email }],
        ['/sign-in/email', { challengeId }],
      ] as const)
        expectInvalid(await browser.post(path, { ...rest, code }));

    const mailed = world.outbox.codeFor(email);
    const signIn = world.outbox.codeFor('registered@example.com');
    const sms = world.outbox.codeFor(phone);
    const guesses = [
      ['/otp/verify', { purpose: 'link_wechat' }, sms, 200],
      ['/links/email', { email }, mailed, 201],
      ['/sign-in/email', { challengeId }, signIn, 200],
    ] as const;
    for (const [path, rest, code, status] of guesses) {
      const wrong = await browser.post(path, { ...rest, code: wrongCode(code) });
      expectProblem(wrong, 'code_wrong', { attemptsLeft: 4 });
      expect((await browser.post(path, { ...rest, code })).status).toBe(status);
    }
  });
});
