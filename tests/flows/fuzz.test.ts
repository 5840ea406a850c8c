import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Browser, Reply } from '../support/browser.ts';
import { CONTRACT_STATUS, type ContractCode, contractWorld, expectProblem } from '../support/contract.ts';
import { HTTP_FUNCTIONS } from '../support/functions.ts';
import { newAddress, newMember } from '../support/members.ts';

const world = await contractWorld();

/** Whatever was asked, the answer is one of the contract's, and nobody's fault. */
function expectContract(reply: Reply): void {
  expect(reply.status).toBeLessThan(500);
  if (reply.status < 400) return;
  expect(Object.keys(CONTRACT_STATUS)).toContain(reply.json.code);
  const { retryAfter, attemptsLeft, errors, code } = reply.json;
  const extensions = JSON.parse(JSON.stringify({ retryAfter, attemptsLeft, errors }));
  expectProblem(reply, code as ContractCode, extensions);
}

const absurd = fc.string({ unit: 'binary', maxLength: 80 });
const odd = fc.constantFrom(
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  'ﷺ'.repeat(40),
  '١٢٣٤٥٦',
  '-1',
  '%00',
  '../..',
  '😀@😀.😀',
);
const nearlyRight = fc.constantFrom(
  'link_email',
  'unlink_qq',
  'replace_wechat',
  '000000',
  '12345',
  '１２３ ４５６',
  'a@example.com',
  'A@EXAMPLE.COM',
  'a@',
  'A'.repeat(44),
);
const scalar = fc.oneof(absurd, odd, nearlyRight, fc.double(), fc.boolean(), fc.constant(null));
const body = fc.oneof(
  fc.dictionary(
    fc.oneof(fc.constantFrom('purpose', 'email', 'code', 'challengeId', 'provider'), odd),
    fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
    { maxKeys: 4 },
  ),
  fc.record({ purpose: scalar, code: scalar }),
  fc.record({ email: scalar, code: scalar }),
  fc.record({ challengeId: scalar, code: scalar }),
  fc.record({ purpose: scalar }),
  fc.record({ email: scalar }),
  fc.jsonValue(),
);
const payload = fc.oneof(
  { weight: 4, arbitrary: body.map((value) => ({ rawBody: JSON.stringify(value) })) },
  { weight: 1, arbitrary: absurd.map((rawBody) => ({ rawBody })) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => ({
      rawBody: Buffer.from(bytes).toString('base64'),
      isBase64Encoded: true,
    })),
  },
  { weight: 1, arbitrary: fc.constant({}) },
);
const segment = fc.oneof(
  fc.constantFrom('email', 'wechat', 'qq'),
  fc.oneof(absurd, odd).map((text) => encodeURIComponent(text.toWellFormed()) || 'x'),
);
const headers = fc.record(
  {
    'accept-language': fc.oneof(absurd, fc.constantFrom('en', '*', 'en;q=0', 'zh-TW,en;q=0.9', ';;,,q=')),
    'content-type': fc.oneof(absurd, fc.constantFrom('application/json', 'text/plain')),
    origin: fc.oneof(absurd, fc.constantFrom('https://console.example.com', 'null')),
  },
  { requiredKeys: [] },
);
const cookie = fc.oneof(absurd, odd, nearlyRight).map((text) => `__Host-session=${text}`);
const query = fc.oneof(
  absurd,
  fc.record({ state: absurd, code: absurd }).map((fields) => String(new URLSearchParams(fields))),
  fc.constantFrom('state=a&state=b', 'state=%', 'code', '&&==&', `state=${'A'.repeat(43)}&code=x`),
);

const request = fc.record({
  route: fc.constantFrom(...HTTP_FUNCTIONS),
  segment,
  payload,
  headers,
  query,
});

/** `POST /links/{provider}` and the like, with something for each variable. */
const pathOf = ({ pathPattern }: { pathPattern: string }, value: string) =>
  pathPattern.replaceAll(/\{\w+\}/g, value);

function send(
  browser: Browser,
  { route, segment, payload, headers, query }: FuzzRequest,
  cookies?: string[],
) {
  return browser.send(route.method, pathOf(route, segment), {
    ...payload,
    headers: 'rawBody' in payload ? { 'content-type': 'application/json', ...headers } : headers,
    ...(route.method === 'GET' && { query }),
    ...(cookies && { cookies }),
  });
}
type FuzzRequest = typeof request extends fc.Arbitrary<infer T> ? T : never;

test('whatever nobody sends to any route, the answer is one of the contract’s', async () => {
  await fc.assert(
    fc.asyncProperty(request, fc.array(cookie, { maxLength: 2 }), async (made, cookies) => {
      expectContract(await send(world.browser(), made, cookies));
    }),
    { numRuns: 300 },
  );
  expect(world.observer.counted).not.toContain('Fault');
});

test('whatever a signed-in browser sends, too, and no code that waits is lost by what has no right form', async () => {
  const { browser, phone } = await newMember(world);
  const email = newAddress();
  await browser.checkIdentity('link_email', phone);
  await browser.post('/links/email/send', { email });
  await browser.post('/otp/send', { purpose: 'link_wechat' });
  const before = (await browser.get('/account')).json.checks;
  expect(before).toHaveLength(2);

  const isHarmless = ({ route }: FuzzRequest) => route.pathPattern !== '/session';
  await fc.assert(
    fc.asyncProperty(request.filter(isHarmless), async (made) => {
      expectContract(await send(browser, made));
    }),
    { numRuns: 300 },
  );
  expect(world.observer.counted).not.toContain('Fault');
  const after = (await browser.get('/account')).json.checks;
  expect(after.map(({ step }: { step: string }) => step)).toEqual(
    before.map(({ step }: { step: string }) => step),
  );
  const sms = world.outbox.codeFor(phone);
  expect((await browser.post('/otp/verify', { purpose: 'link_wechat', code: sms })).status).toBe(200);
  const code = world.outbox.codeFor(email);
  expect((await browser.post('/links/email', { email, code })).status).toBe(201);
});
