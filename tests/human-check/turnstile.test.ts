import { describe, expect, jest, test } from '@jest/globals';
import { HumanCheckError } from '../../lib/human-check/human-check.ts';
import { createTurnstile } from '../../lib/human-check/turnstile.ts';
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
const token = 'token-0.4Qy7vT';
const secret = '0x4AAAA-site-secret';

const reply = (body: unknown, init?: ResponseInit) => answer(PATH, body, init);
const passed = { success: true, 'error-codes': [], hostname: 'console.example.com', action: '' };
const refused = (...codes: string[]) => reply({ success: false, 'error-codes': codes });

function check(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const { apiOrigin, timeoutMilliseconds } = settings;
  const turnstile = createTurnstile({ siteKey: 'key', secret, apiOrigin, timeoutMilliseconds }, fake.fetch);
  return { ...fake, turnstile, isHuman: () => turnstile.isHuman({ token }, IP) };
}

const bodyOf = ({ init }: { init: RequestInit }) => JSON.parse(String(init.body));

describe('Turnstile', () => {
  test('is asked with secret, token, the caller’s address and a key of this one question', async () => {
    const { isHuman, requests } = check(reply(passed));
    expect(await isHuman()).toBe(true);
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
      const { isHuman, expectAllUsed } = check(refused(code));
      expect(await isHuman()).toBe(false);
      expectAllUsed();
    },
  );

  test('takes what Tencent gave for nobody’s, and does not ask', async () => {
    const { turnstile, requests } = check();
    expect(await turnstile.isHuman({ ticket: 't', randstr: 'r' }, IP)).toBe(false);
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
    const { isHuman, expectAllUsed } = check(...prepared);
    expect(await rejection(isHuman())).toMatchObject({ name: 'HumanCheckError', reason });
    expectAllUsed();
  });

  test.each([
    ['no answer', failing(PATH, new TypeError('fetch failed'))],
    ['an error of its own', refused('internal-error')],
    ['a 502', reply('<html>', { status: 502 })],
  ])('is asked the same once more after %s', async (_what, first) => {
    const { isHuman, requests } = check(first, reply(passed));
    expect(await isHuman()).toBe(true);
    const [one, two] = requests.map(bodyOf);
    expect(two).toEqual(one);
  });

  test('is not asked a third time', async () => {
    const { isHuman, expectAllUsed } = check(refused('internal-error'), refused('internal-error'));
    expect(await rejection(isHuman())).toMatchObject({ reason: 'internal-error' });
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
      { siteKey: 'key', secret, apiOrigin: settings.apiOrigin, timeoutMilliseconds: 5 },
      never as unknown as typeof fetch,
    );
    expect(await rejection(turnstile.isHuman({ token }, IP))).toMatchObject({ reason: 'timeout' });
    expect(never).toHaveBeenCalledTimes(1);
  });

  test('leaves no token, secret or address in what it throws', async () => {
    const cause = new TypeError(`fetch failed ${secret} ${token} ${IP}`);
    for (const prepared of [
      [failing(PATH, cause), failing(PATH, cause)],
      [refused(secret)],
      [reply(`${token} ${secret}`)],
    ]) {
      const error = (await rejection(check(...prepared).isHuman())) as HumanCheckError;
      expect(error).toBeInstanceOf(HumanCheckError);
      const shown = `${error} ${error.stack} ${JSON.stringify({ ...error })} ${String(error.cause)}`;
      for (const value of [secret, token, IP]) expect(shown).not.toContain(value);
    }
  });
});
