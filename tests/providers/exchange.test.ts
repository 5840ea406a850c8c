import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import {
  qq,
  qqOpenid,
  qqProfile,
  qqToken,
  wechat,
  wechatProfile,
  wechatToken,
} from './documented-replies.ts';
import {
  answer,
  failing,
  fakeFetch,
  outcomeOf,
  type Prepared,
  redirectUri,
  rejection,
  secrets,
  settings,
} from './fake-provider.ts';

const input = { code: secrets.code, redirectUri };
const networkDown = new TypeError('fetch failed');

async function run(create: typeof createWeChat, prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const outcome = await outcomeOf(create(settings, fake.fetch).identify(input));
  fake.expectAllUsed();
  return outcome;
}

describe('the code exchange is tried once, whatever happens', () => {
  test.each([
    ['busy', answer(wechat.tokenPath, { errcode: -1, errmsg: 'system error' }), -1],
    ['no answer', failing(wechat.tokenPath, networkDown), 'no_answer'],
    ['a 502', answer(wechat.tokenPath, '<html>Bad Gateway</html>', { status: 502 }), 'http_502'],
    ['half an answer', answer(wechat.tokenPath, '{"access_token":"'), 'unreadable'],
  ])('%s', async (_word, prepared, errcode) => {
    expect(await run(createWeChat, [prepared])).toMatchObject({
      kind: 'unavailable',
      step: 'token',
      errcode,
    });
  });

  test('QQ busy', async () => {
    expect(await run(createQQ, [answer(qq.tokenPath, { error: 1001 })])).toMatchObject({
      kind: 'unavailable',
    });
  });
});

describe('a read gets one more try', () => {
  test.each([
    ['busy', answer(wechat.profilePath, { errcode: -1 })],
    ['no answer', failing(wechat.profilePath, networkDown)],
    ['a 503', answer(wechat.profilePath, '', { status: 503 })],
  ])('WeChat: after %s, and no third one', async (_word, prepared) => {
    expect(await run(createWeChat, [wechatToken(), prepared, wechatProfile()])).toMatchObject({
      nickname: '小华',
    });
    expect(await run(createWeChat, [wechatToken(), prepared, prepared])).toMatchObject({
      kind: 'unavailable',
      step: 'profile',
    });
  });

  test('QQ: for the openid and for the profile', async () => {
    const outcome = await run(createQQ, [
      qqToken(),
      failing(qq.openidPath, networkDown),
      qqOpenid(),
      answer(qq.profilePath, { ret: 1001, msg: 'busy' }),
      qqProfile(),
    ]);
    expect(outcome).toMatchObject({ openid: secrets.openid, nickname: '小明' });
  });

  test.each([
    [{ errcode: 40014 }, 200],
    ['nonsense', 200],
    ['', 404],
  ])('not after an answer that would be the same again: %j', async (body, status) => {
    await run(createWeChat, [wechatToken(), answer(wechat.profilePath, body, { status })]);
  });
});

test('a status other than 200 is no success even with the data of one, and its errcode still counts', async () => {
  expect(await run(createWeChat, [answer(wechat.tokenPath, wechat.token, { status: 500 })])).toMatchObject({
    errcode: 'http_500',
  });
  expect(
    await run(createWeChat, [answer(wechat.tokenPath, { errcode: 40125 }, { status: 400 })]),
  ).toMatchObject({
    kind: 'configuration',
    errcode: 40125,
  });
});

describe('time', () => {
  const impatient = { ...settings, timeoutMilliseconds: 1 };
  /** As the real fetch: pending until the signal says stop. */
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  test('no answer in time is unavailable', async () => {
    const silent = ((_url: URL, { signal }: { signal: AbortSignal }) => untilAborted(signal)) as typeof fetch;
    const error = await rejection(createWeChat(impatient, silent).identify(input));
    expect(error).toMatchObject({ kind: 'unavailable', step: 'token', errcode: 'timeout' });
  });

  test('a body that never ends is unavailable too, and is let go of', async () => {
    let letGo = false;
    const body = new ReadableStream({
      cancel() {
        letGo = true;
      },
    });
    const stuck = (async () => new Response(body)) as typeof fetch;
    const error = await rejection(createWeChat(impatient, stuck).identify(input));
    expect(error).toMatchObject({ kind: 'unavailable', errcode: 'timeout' });
    expect(letGo).toBe(true);
  });

  test('the budget is one for all calls: when it is spent, no further call is made', async () => {
    let calls = 0;
    const slow = (async (_url: URL, { signal }: { signal: AbortSignal }) => {
      calls += 1;
      await untilAborted(signal).catch(() => undefined);
      return Response.json(wechat.token);
    }) as typeof fetch;
    const error = await rejection(createWeChat(impatient, slow).identify(input));
    expect(error).toMatchObject({ kind: 'unavailable', errcode: 'timeout' });
    expect(calls).toBe(1);
  });
});

describe('size', () => {
  const padded = (bytes: number) => {
    const json = JSON.stringify(wechat.token);
    return json + ' '.repeat(bytes - json.length);
  };

  test('64 KiB are read, a byte more is not', async () => {
    const atCap = answer(wechat.tokenPath, padded(64 * 1024));
    expect(await run(createWeChat, [atCap, wechatProfile()])).toMatchObject({ openid: secrets.openid });
    const overCap = answer(wechat.tokenPath, padded(64 * 1024 + 1));
    expect(await run(createWeChat, [overCap])).toMatchObject({ kind: 'unavailable', errcode: 'too_large' });
  });
});

describe('with the real fetch', () => {
  const server = createServer();
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test('a redirect is not followed: the secret in the URL goes nowhere else', async () => {
    const paths: (string | undefined)[] = [];
    server.on('request', (request, response) => {
      paths.push(request.url?.split('?')[0]);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const apiOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await rejection(createWeChat({ ...settings, apiOrigin }, fetch).identify(input));
    expect(error).toMatchObject({ kind: 'unavailable', errcode: 'no_answer' });
    expect(paths).toEqual([wechat.tokenPath]);
  });
});
