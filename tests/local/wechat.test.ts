import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProvidersServer } from '../../local/providers/server.ts';
import { answer, callback, get, startStandIns, wechat } from './stand-ins.ts';

const AUTHORIZE = '/connect/qrconnect';
let server: ProvidersServer;
let pass: (seconds: number) => number;

beforeEach(async () => {
  ({ server, pass } = await startStandIns());
});
afterEach(() => server.stop());

const request = {
  appid: wechat.appId,
  redirect_uri: callback,
  response_type: 'code',
  scope: 'snsapi_login',
  state: 'a b&c',
};
const scan = async (name: string) =>
  String((await answer(server, AUTHORIZE, { ...request, scan_as: name })).get('code'));
const exchange = async (code: string | undefined, changes: Record<string, string | undefined> = {}) => {
  const query = {
    appid: wechat.appId,
    secret: wechat.appSecret,
    code,
    grant_type: 'authorization_code',
    ...changes,
  };
  return JSON.parse((await get(server, '/sns/oauth2/access_token', query)).text);
};
const profile = async (query: Record<string, string | undefined>) =>
  JSON.parse((await get(server, '/sns/userinfo', query)).text);

describe('the authorize page', () => {
  test('shows a QR code, everybody who may scan, and a way to refuse', async () => {
    const { status, text } = await get(server, AUTHORIZE, request);
    expect(status).toBe(200);
    for (const name of ['xiaozi', 'hua', 'yue', 'lin', 'mei', 'qiang', 'wu', 'deny'])
      expect(text).toMatch(`scan_as=${name}`);
    const image = await get(server, String(/\/connect\/qrcode\/[\w-]+/.exec(text)?.[0]));
    expect(image).toMatchObject({ status: 200, type: 'image/svg+xml' });
  });

  test.each([
    [{ 'accept-language': 'en-GB,en;q=0.9' }, {}, 'lang="en"'],
    [{ 'accept-language': 'fr' }, {}, 'lang="zh-CN"'],
    [{ 'accept-language': 'zh' }, { lang: 'en' }, 'lang="en"'],
    [{ 'accept-language': 'en' }, { lang: 'cn' }, 'lang="zh-CN"'],
  ])('speaks as %j and %j ask', async (headers, query, expected) => {
    expect((await get(server, AUTHORIZE, { ...request, ...query }, headers)).text).toMatch(expected);
  });

  test('goes back with a code and the state as it came, and keeps the callback’s own query', async () => {
    const query = await answer(server, AUTHORIZE, { ...request, scan_as: 'lin' });
    expect(query.get('code')).toMatch(/^\w+$/);
    expect(query.get('state')).toBe('a b&c');
    expect(query.get('kept')).toBe('1');
  });

  test('goes back without a code after a refusal, and without a state where none came', async () => {
    const refused = await answer(server, AUTHORIZE, { ...request, scan_as: 'deny' });
    expect([...refused.keys()]).toEqual(['kept', 'state']);
    const stateless = await answer(server, AUTHORIZE, { ...request, state: undefined, scan_as: 'deny' });
    expect([...stateless.keys()]).toEqual(['kept']);
  });

  test('names everybody where the name is nobody’s', async () => {
    const { status, text } = await get(server, AUTHORIZE, { ...request, scan_as: '<ming>' });
    expect(status).toBe(400);
    expect(text).toMatch('xiaozi, hua, yue, lin, mei, qiang, wu');
    expect(text).not.toMatch('<ming>');
  });

  test.each([
    [{ appid: 'wx1' }, 'AppID 参数错误'],
    [{ redirect_uri: 'http://localhost.example.com/' }, 'redirect_uri 参数错误'],
    [{ redirect_uri: 'javascript:alert(1)' }, 'redirect_uri 参数错误'],
    [{ redirect_uri: undefined }, 'redirect_uri 参数错误'],
    [{ scope: 'snsapi_base' }, 'Scope 参数错误或没有 Scope 权限'],
    [{ response_type: 'token' }, 'response_type 参数错误'],
    [{ state: 'x'.repeat(129) }, 'state 参数错误'],
  ])('refuses %j in WeChat’s words, and redirects nowhere', async (changes, words) => {
    const reply = await get(server, AUTHORIZE, { ...request, scan_as: 'lin', ...changes });
    expect(reply.location).toBeNull();
    expect(reply.text).toMatch(words);
  });
});

describe('a scan by phone', () => {
  const begin = async () =>
    String(/"uuid":"([\w-]+)"/.exec((await get(server, AUTHORIZE, request)).text)?.[1]);
  const poll = async (uuid: string, last: number) =>
    (await get(server, '/connect/l/qrconnect', { uuid, last: `${last}` })).text;
  const confirm = (uuid: string, name: string) =>
    fetch(`${server.origin}/connect/confirm?uuid=${uuid}`, {
      method: 'POST',
      body: new URLSearchParams({ scan_as: name }),
    });

  test('is told to the page step by step, and ends in a code', async () => {
    const uuid = await begin();
    const scanned = poll(uuid, 408);
    expect((await get(server, '/connect/confirm', { uuid })).status).toBe(200);
    expect(await scanned).toBe("window.wx_errcode=404;window.wx_code='';");
    const confirmed = poll(uuid, 404);
    await confirm(uuid, 'mei');
    const [, code] = /^window\.wx_errcode=405;window\.wx_code='(\w+)';$/.exec(await confirmed) ?? [];
    expect(await exchange(code)).toMatchObject({ scope: 'snsapi_login' });
    expect((await get(server, '/connect/confirm', { uuid })).status).toBe(404);
  });

  test('can be cancelled and tried again', async () => {
    const uuid = await begin();
    await confirm(uuid, 'deny');
    expect(await poll(uuid, 408)).toMatch('wx_errcode=403');
    await get(server, '/connect/confirm', { uuid });
    expect(await poll(uuid, 403)).toMatch('wx_errcode=404');
  });

  test('comes too late after five minutes', async () => {
    const uuid = await begin();
    pass(300);
    expect((await confirm(uuid, 'mei')).status).toBe(404);
    expect(await poll(uuid, 408)).toMatch('wx_errcode=402');
  });

  test('by nobody known confirms nothing', async () => {
    const uuid = await begin();
    expect((await confirm(uuid, 'nobody')).status).toBe(400);
    await confirm(uuid, 'deny');
    expect(await poll(uuid, 408)).toMatch('wx_errcode=403');
  });
});

describe('the code exchange', () => {
  test('gives a token, the openid and the unionid, as text/plain', async () => {
    const query = {
      appid: wechat.appId,
      secret: wechat.appSecret,
      code: await scan('lin'),
      grant_type: 'authorization_code',
    };
    const { status, type, text } = await get(server, '/sns/oauth2/access_token', query);
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain' });
    expect(JSON.parse(text)).toEqual({
      access_token: expect.any(String),
      expires_in: 7200,
      refresh_token: expect.any(String),
      openid: expect.stringMatching(/^o[\w-]{27}$/),
      scope: 'snsapi_login',
      unionid: 'oUnion_lin_00000000000000000',
    });
  });

  test('gives no unionid for who has none', async () => {
    expect(await exchange(await scan('wu'))).not.toHaveProperty('unionid');
  });

  test.each([
    [{ appid: undefined }, 41002],
    [{ secret: undefined }, 41004],
    [{ code: undefined }, 41008],
    [{ grant_type: undefined }, 40002],
    [{ appid: 'wx1' }, 40013],
    [{ secret: 'wrong' }, 40125],
    [{ code: 'never-issued' }, 40029],
  ])('answers %j with %i, and spends no code', async (changes, errcode) => {
    const code = await scan('lin');
    expect(await exchange(code, changes)).toMatchObject({
      errcode,
      errmsg: expect.stringContaining(', rid: '),
    });
    expect(await exchange(code)).toHaveProperty('access_token');
  });

  test('works once', async () => {
    const code = await scan('lin');
    await exchange(code);
    expect(await exchange(code)).toMatchObject({ errcode: 40163 });
  });

  test('works for five minutes', async () => {
    const [early, late] = [await scan('lin'), await scan('lin')];
    pass(299);
    expect(await exchange(early)).toHaveProperty('access_token');
    pass(1);
    expect(await exchange(late)).toMatchObject({ errcode: 42003 });
  });
});

describe('the profile', () => {
  test('names the person, the same as the token did', async () => {
    const { access_token, openid, unionid } = await exchange(await scan('lin'));
    expect(await profile({ access_token, openid })).toMatchObject({
      openid,
      unionid,
      nickname: '林同学',
      privilege: [],
    });
  });

  test('has no unionid for who has none', async () => {
    const { access_token, openid } = await exchange(await scan('wu'));
    expect(await profile({ access_token, openid })).toEqual(
      expect.not.objectContaining({ unionid: expect.anything() }),
    );
  });

  test.each([
    [{ access_token: undefined }, 41001],
    [{ openid: undefined }, 41009],
    [{ access_token: 'no-token' }, 40014],
    [{ access_token: '0'.repeat(64) }, 40001],
    [{ openid: 'oSomebodyElse' }, 40003],
  ])('answers %j with %i', async (changes, errcode) => {
    const { access_token, openid } = await exchange(await scan('lin'));
    expect(await profile({ access_token, openid, ...changes })).toMatchObject({ errcode });
  });

  test('is shown for two hours', async () => {
    const { access_token, openid } = await exchange(await scan('lin'));
    pass(7200);
    expect(await profile({ access_token, openid })).toMatchObject({ errcode: 42001 });
  });
});

test('inside WeChat the service account’s page asks at once, and its code is exchanged as that account alone', async () => {
  const { appId, appSecret: secret } = wechat.inApp;
  const page = '/connect/oauth2/authorize';
  const asked = { ...request, appid: appId, scope: 'snsapi_userinfo' };
  expect((await get(server, page, asked)).text).toContain('scan_as=lin');
  expect((await get(server, page, { ...asked, appid: wechat.appId })).text).toContain('AppID 参数错误');
  expect((await answer(server, page, { ...asked, scan_as: 'deny' })).has('code')).toBe(false);

  const allow = async (extra = {}) =>
    String((await answer(server, page, { ...asked, scan_as: 'lin', ...extra })).get('code'));
  const code = await allow();
  expect(await exchange(code)).toMatchObject({ errcode: 40029 });
  const token = await exchange(code, { appid: appId, secret });
  expect(token).toMatchObject({ scope: 'snsapi_userinfo', unionid: expect.any(String) });
  expect(token).not.toHaveProperty('is_snapshotuser');
  const { access_token, openid } = token;
  expect(await profile({ access_token, openid })).toMatchObject({ nickname: '林同学' });
  const snapshot = await exchange(await allow({ snapshot: '1' }), { appid: appId, secret });
  expect(snapshot).toMatchObject({ is_snapshotuser: 1 });
});
