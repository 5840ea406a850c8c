import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProvidersServer } from '../../local/providers/server.ts';
import { answer, callback, get, qq, startStandIns, wechat } from './stand-ins.ts';

const TOKEN = '/sns/oauth2/access_token';
let server: ProvidersServer;

beforeEach(async () => {
  ({ server } = await startStandIns());
});
afterEach(() => server.stop());

const exchange = async () => {
  const authorize = {
    appid: wechat.appId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'snsapi_login',
    scan_as: 'lin',
  };
  const code = String((await answer(server, '/connect/qrconnect', authorize)).get('code'));
  const query = { appid: wechat.appId, secret: wechat.appSecret, code, grant_type: 'authorization_code' };
  return () => get(server, TOKEN, query);
};

describe('injected faults', () => {
  test('meet as many calls as they were made for, and only those of their endpoint', async () => {
    server.faults.next(TOKEN, { kind: 'errcode', errcode: -1 }, 2);
    const ask = await exchange();
    expect((await get(server, '/sns/userinfo')).text).toMatch('41001');
    expect(JSON.parse((await ask()).text)).toMatchObject({ errcode: -1 });
    expect(JSON.parse((await ask()).text)).toMatchObject({ errcode: -1 });
    expect(JSON.parse((await ask()).text)).toHaveProperty('access_token');
  });

  test('have the form that the provider gives its errors', async () => {
    server.faults.next('/oauth2.0/token', { kind: 'errcode', errcode: 100017 });
    server.faults.next('/user/get_user_info', { kind: 'errcode', errcode: 1001 });
    const asJson = await get(server, '/oauth2.0/token', { fmt: 'json', client_id: qq.appId });
    expect(JSON.parse(asJson.text)).toMatchObject({ error: 100017 });
    expect(JSON.parse((await get(server, '/user/get_user_info')).text)).toMatchObject({ ret: 1001 });
  });

  test('can be a status with a body that makes no sense', async () => {
    server.faults.next(TOKEN, { kind: 'status', status: 502 });
    expect(await (await exchange())()).toMatchObject({
      status: 502,
      type: expect.stringContaining('text/html'),
    });
  });

  test('can lose the answer of a call that took effect', async () => {
    server.faults.next(TOKEN, { kind: 'reset', afterEffect: true });
    const ask = await exchange();
    await expect(ask()).rejects.toThrow('fetch failed');
    expect(JSON.parse((await ask()).text)).toMatchObject({ errcode: 40163 });
  });

  test('can leave the caller without an answer until it gives up', async () => {
    server.faults.next(TOKEN, { kind: 'hang' });
    const abort = new AbortController();
    const reply = fetch(server.origin + TOKEN, { signal: abort.signal });
    expect((await get(server, TOKEN)).text).toMatch('41002');
    abort.abort();
    await expect(reply).rejects.toThrow('aborted');
  });

  test('are forgotten on request', async () => {
    server.faults.next(TOKEN, { kind: 'status', status: 500 });
    server.faults.clear();
    expect((await get(server, TOKEN)).text).toMatch('41002');
  });
});
