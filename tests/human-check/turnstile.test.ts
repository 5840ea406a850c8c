import { describe, expect, jest, test } from '@jest/globals';
import { HumanCheckError } from '../../lib/human-check/human-check.ts';
import { createTurnstile } from '../../lib/human-check/turnstile.ts';
import { HUMAN_CHECK_ACTION } from '../../lib/linking/human-check.ts';
import {
  answer,
  failing,
  fakeFetch,
  type Prepared,
  rejection,
  settings,
} from '../providers/fake-provider.ts';

const PATH = '/turnstile/v0/siteverify';
const IP = '203.0.113.7';
const HOSTS = ['console.example.com', 'console.example.cn'];
const token = 'token-0.4Qy7vT';
const secret = '0x4AAAA-site-secret';

const reply = (body: unknown, init?: ResponseInit) => answer(PATH, body, init);
const passed = {
  success: true,
  'error-codes': [],
  hostname: 'console.example.com',
  action: HUMAN_CHECK_ACTION,
};
const refused = (...codes: string[]) => reply({ success: false, 'error-codes': codes });

function check(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const { apiOrigin, timeoutMilliseconds } = settings;
  const turnstile = createTurnstile(
    { siteKey: 'key', secret, apiOrigin, timeoutMilliseconds, hosts: HOSTS },
    fake.fetch,
  );
  return { ...fake, turnstile, verify: () => turnstile.verify({ token }, IP) };
}

const bodyOf = ({ init }: { init: RequestInit }) => JSON.parse(String(init.body));

describe('Turnstile', () => {
  test('is asked with secret, token, the caller’s address and a key of this one question', async () => {
    const { verify, requests } = check(reply(passed));
    expect(await verify()).toEqual({ isHuman: true });
    const [request] = requests as [(typeof requests)[0]];
    expect(bodyOf(request)).toEqual({
      secret,
      response: token,
      remoteip: IP,
      idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(request.init).toMatchObject({
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    expect(request.url.search).toBe('');
  });

  test.each(['missing-input-response', 'invalid-input-response', 'timeout-or-duplicate', 'bad-request'])(
    'takes a token that is %s for nobody’s',
    async (code) => {
      const { verify, expectAllUsed } = check(refused(code));
      expect(await verify()).toEqual({ isHuman: false });
      expectAllUsed();
    },
  );

  test.each(HOSTS)(
    'takes a token for a human’s if a page at %s got it for what we ask for',
    async (hostname) => {
      expect(await check(reply({ ...passed, hostname })).verify()).toEqual({ isHuman: true });
    },
  );

  test.each([
    ['of a page at another host', 'host', { hostname: 'farm.example.net' }],
    ['of a page at a host below ours', 'host', { hostname: 'x.console.example.com' }],
    ['of no host', 'host', { hostname: undefined }],
    ['of Cloudflare’s test keys', 'host', { hostname: 'example.com', action: 'test' }],
    ['got for another action', 'action', { action: 'comment' }],
    ['got for no action', 'action', { action: '' }],
    ['got without an action', 'action', { action: null }],
  ])('takes a good token %s for nobody’s, and says so', async (_what, mismatch, changes) => {
    const { verify, expectAllUsed } = check(reply({ ...passed, ...changes }));
    expect(await verify()).toEqual({ isHuman: false, mismatch });
    expectAllUsed();
  });

  test('takes what Tencent gave for nobody’s, and does not ask', async () => {
    const { turnstile, requests } = check();
    expect(await turnstile.verify({ ticket: 't', randstr: 'r' }, IP)).toEqual({ isHuman: false });
    expect(requests).toEqual([]);
  });

  test.each([
    ['missing-input-secret', [refused('missing-input-secret')]],
    ['invalid-input-secret', [refused('invalid-input-secret')]],
    ['invalid-input-secret', [refused('invalid-input-response', 'invalid-input-secret')]],
    ['unreadable', [refused()]],
    ['unreadable', [refused('Something <else>')]],
    ['unreadable', [reply({ success: false })]],
    ['http_200', [reply('not json')]],
    ['http_200', [reply({ success: 'true' })]],
    ['http_200', [reply([])]],
    ['http_403', [reply('<html>', { status: 403 })]],
    ['too_large', [reply(JSON.stringify({ ...passed, padding: 'x'.repeat(70_000) }))]],
  ])('tells nobody for human where the answer is %s', async (reason, prepared) => {
    const { verify, expectAllUsed } = check(...prepared);
    expect(await rejection(verify())).toMatchObject({ name: 'HumanCheckError', reason });
    expectAllUsed();
  });

  test.each([
    ['no answer', failing(PATH, new TypeError('fetch failed'))],
    ['an error of its own', refused('internal-error')],
    ['a 502', reply('<html>', { status: 502 })],
  ])('is asked the same once more after %s', async (_what, first) => {
    const { verify, requests } = check(first, reply(passed));
    expect(await verify()).toEqual({ isHuman: true });
    const [one, two] = requests.map(bodyOf);
    expect(two).toEqual(one);
  });

  test('is not asked a third time', async () => {
    const { verify, expectAllUsed } = check(refused('internal-error'), refused('internal-error'));
    expect(await rejection(verify())).toMatchObject({ reason: 'internal-error' });
    expectAllUsed();
  });

  test('is given up when the time is over', async () => {
    const never = jest.fn(
      (_url: unknown, { signal }: RequestInit = {}) =>
        new Promise<Response>((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason)),
        ),
    );
    const turnstile = createTurnstile(
      { siteKey: 'key', secret, apiOrigin: settings.apiOrigin, timeoutMilliseconds: 5, hosts: HOSTS },
      never as unknown as typeof fetch,
    );
    expect(await rejection(turnstile.verify({ token }, IP))).toMatchObject({ reason: 'timeout' });
    expect(never).toHaveBeenCalledTimes(1);
  });

  test('leaves no token, secret or address in what it throws', async () => {
    const cause = new TypeError(`fetch failed ${secret} ${token} ${IP}`);
    for (const prepared of [
      [failing(PATH, cause), failing(PATH, cause)],
      [refused(secret)],
      [reply(`${token} ${secret}`)],
    ]) {
      const error = (await rejection(check(...prepared).verify())) as HumanCheckError;
      expect(error).toBeInstanceOf(HumanCheckError);
      const shown = `${error} ${error.stack} ${JSON.stringify({ ...error })} ${String(error.cause)}`;
      for (const value of [secret, token, IP]) expect(shown).not.toContain(value);
    }
  });
});
