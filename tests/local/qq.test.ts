import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProvidersServer } from '../../local/providers/server.ts';
import { answer, callback, get, qq, startStandIns } from './stand-ins.ts';

const AUTHORIZE = '/oauth2.0/authorize';
let server: ProvidersServer;
let pass: (seconds: number) => number;

beforeEach(async () => {
  ({ server, pass } = await startStandIns());
});
afterEach(() => server.stop());

type Query = Record<string, string | undefined>;
const request = {
  response_type: 'code',
  client_id: qq.appId,
  redirect_uri: callback,
  state: 'a b&c',
  scope: 'get_user_info',
};
const signIn = async (name: string) =>
  String((await answer(server, AUTHORIZE, { ...request, scan_as: name })).get('code'));
const tokenQuery = (code: string, changes: Query = {}) => ({
  grant_type: 'authorization_code',
  client_id: qq.appId,
  client_secret: qq.appSecret,
  code,
  redirect_uri: callback,
  ...changes,
});
const exchange = async (code: string, changes: Query = {}) =>
  JSON.parse((await get(server, '/oauth2.0/token', { fmt: 'json', ...tokenQuery(code, changes) })).text);
const me = async (query: Query) =>
  JSON.parse((await get(server, '/oauth2.0/me', { fmt: 'json', unionid: '1', ...query })).text);
const profile = async (query: Query) => JSON.parse((await get(server, '/user/get_user_info', query)).text);
const whole = async (name: string) => {
  const { access_token } = await exchange(await signIn(name));
  return { access_token, ...(await me({ access_token })) };
};

describe('the authorize page', () => {
  test('shows everybody who may sign in, and a way to refuse', async () => {
    const { text } = await get(server, AUTHORIZE, request);
    for (const name of ['ming', 'fang', 'deny']) expect(text).toMatch(`scan_as=${name}`);
  });

  test('goes back with a code and the state as it came', async () => {
    const query = await answer(server, AUTHORIZE, { ...request, scan_as: 'ming' });
    expect(query.get('code')).toMatch(/^\w+$/);
    expect(query.get('state')).toBe('a b&c');
  });

  test('goes back with usercancel after a refusal', async () => {
    const query = await answer(server, AUTHORIZE, { ...request, scan_as: 'deny' });
    expect(Object.fromEntries(query)).toEqual({ kept: '1', usercancel: '1', state: 'a b&c' });
  });

  test('names everybody where the name is nobody’s', async () => {
    const { status, text } = await get(server, AUTHORIZE, { ...request, scan_as: 'lin' });
    expect(status).toBe(400);
    expect(text).toMatch('ming, fang');
  });

  test.each([
    [{ response_type: 'token' }, '100000'],
    [{ client_id: undefined }, '100001'],
    [{ client_id: '1' }, '100008'],
    [{ redirect_uri: 'http://example.com/' }, 'redirect uri is illegal\\(100010\\)'],
  ])('refuses %j in QQ’s words', async (changes, words) => {
    const reply = await get(server, AUTHORIZE, { ...request, scan_as: 'ming', ...changes });
    expect(reply.location).toBeNull();
    expect(reply.text).toMatch(new RegExp(words));
  });
});

describe('the code exchange', () => {
  test('gives a token as JSON where asked, else as a query string', async () => {
    expect(await exchange(await signIn('ming'))).toEqual({
      access_token: expect.any(String),
      expires_in: '7776000',
      refresh_token: expect.any(String),
    });
    const { type, text } = await get(server, '/oauth2.0/token', tokenQuery(await signIn('ming')));
    expect(type).toMatch('text/html');
    expect(text).toMatch(/^access_token=\w+&expires_in=7776000&refresh_token=\w+$/);
  });

  test.each([
    [{ grant_type: undefined }, 100004],
    [{ client_id: undefined }, 100001],
    [{ client_secret: undefined }, 100002],
    [{ code: undefined }, 100005],
    [{ client_id: '1' }, 100008],
    [{ client_secret: 'wrong' }, 100009],
    [{ redirect_uri: 'http://localhost:3001/other' }, 100010],
    [{ code: 'never-issued' }, 100019],
  ])('answers %j with %i, and spends no code', async (changes, error) => {
    const code = await signIn('ming');
    expect(await exchange(code, changes)).toEqual({ error, error_description: expect.any(String) });
    expect(await exchange(code)).toHaveProperty('access_token');
  });

  test('works once, and calls back with its error where no JSON was asked for', async () => {
    const code = await signIn('ming');
    await exchange(code);
    const { text } = await get(server, '/oauth2.0/token', tokenQuery(code));
    expect(text).toBe('callback( {"error":100020,"error_description":"code is reused error"} );\n');
  });

  test('works for ten minutes', async () => {
    const [early, late] = [await signIn('ming'), await signIn('ming')];
    pass(599);
    expect(await exchange(early)).toHaveProperty('access_token');
    pass(1);
    expect(await exchange(late)).toMatchObject({ error: 100019 });
  });
});

describe('the openid', () => {
  test('comes with the unionid where asked', async () => {
    const { access_token } = await exchange(await signIn('ming'));
    expect(await me({ access_token })).toEqual({
      client_id: qq.appId,
      openid: expect.stringMatching(/^[0-9A-F]{32}$/),
      unionid: 'UID_1DB6BC3060B8207FC37A01CCDEE1AFB2',
    });
    expect(await me({ access_token, unionid: undefined })).not.toHaveProperty('unionid');
  });

  test('comes as a call of callback where no JSON was asked for', async () => {
    const { access_token } = await exchange(await signIn('ming'));
    const { text } = await get(server, '/oauth2.0/me', { access_token });
    expect(text).toMatch(/^callback\( \{"client_id":"900000009","openid":"[0-9A-F]{32}"\} \);\n$/);
  });

  test('is refused without a token, with a wrong one, and with one that is three months old', async () => {
    const { access_token } = await exchange(await signIn('ming'));
    expect(await me({})).toMatchObject({ error: 100007 });
    expect(await me({ access_token: 'wrong' })).toMatchObject({ error: 100016 });
    pass(7_776_000);
    expect(await me({ access_token })).toMatchObject({ error: 100014 });
  });
});

describe('the profile', () => {
  test('has the nickname', async () => {
    const { access_token, openid } = await whole('ming');
    const query = { access_token, oauth_consumer_key: qq.appId, openid };
    expect(await profile(query)).toMatchObject({ ret: 0, msg: '', nickname: '小明' });
  });

  test.each([
    [{ openid: undefined }, -1],
    [{ oauth_consumer_key: '1' }, -2],
    [{ openid: '0'.repeat(32) }, -22],
    [{ access_token: 'wrong' }, -23],
  ])('answers %j with ret %i', async (changes, ret) => {
    const { access_token, openid } = await whole('ming');
    const query = { access_token, oauth_consumer_key: qq.appId, openid, ...changes };
    expect(await profile(query)).toEqual({ ret, msg: expect.any(String) });
  });
});
