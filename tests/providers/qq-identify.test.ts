import { describe, expect, test } from '@jest/globals';
import { createQQ } from '../../lib/providers/qq.ts';
import { jsonp, qq, qqOpenid, qqProfile, qqToken } from './documented-replies.ts';
import {
  answer,
  fakeFetch,
  type Prepared,
  redirectUri,
  rejection,
  secrets,
  settings,
} from './fake-provider.ts';

const input = { code: secrets.code, redirectUri };
const whole = {
  provider: 'qq',
  appId: settings.appId,
  openid: secrets.openid,
  unionid: secrets.unionid,
  nickname: '小明',
};

async function identify(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const identity = await createQQ(settings, fake.fetch).identify(input);
  fake.expectAllUsed();
  return identity;
}

async function failure(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const error = await rejection(createQQ(settings, fake.fetch).identify(input));
  fake.expectAllUsed();
  return error;
}

test('a code becomes an identity by three calls, with exactly the documented parameters', async () => {
  const fake = fakeFetch(qqToken(), qqOpenid(), qqProfile());
  expect(await createQQ(settings, fake.fetch).identify(input)).toEqual(whole);
  expect(fake.requests.map(({ url }) => Object.fromEntries(url.searchParams))).toEqual([
    {
      grant_type: 'authorization_code',
      client_id: settings.appId,
      client_secret: secrets.appSecret,
      code: secrets.code,
      redirect_uri: redirectUri,
      fmt: 'json',
    },
    { access_token: secrets.accessToken, unionid: '1', fmt: 'json' },
    { access_token: secrets.accessToken, oauth_consumer_key: settings.appId, openid: secrets.openid },
  ]);
});

describe('the forms QQ answers in', () => {
  const tokenAsQuery = `access_token=${secrets.accessToken}&expires_in=7776000&refresh_token=${secrets.refreshToken}`;

  test('JSONP everywhere', async () => {
    const identity = await identify(
      answer(qq.tokenPath, jsonp(qq.token)),
      answer(qq.openidPath, jsonp(qq.openid)),
      answer(qq.profilePath, jsonp(qq.profile)),
    );
    expect(identity).toEqual(whole);
  });

  test('a token as a query string, and an openid as one', async () => {
    const identity = await identify(
      answer(qq.tokenPath, `${tokenAsQuery}\n`),
      answer(
        qq.openidPath,
        `client_id=${settings.appId}&openid=${secrets.openid}&unionid=${secrets.unionid}`,
      ),
      qqProfile(),
    );
    expect(identity).toEqual(whole);
  });

  test('a failure in each of them', async () => {
    const error = { error: 100020, error_description: 'code is reused error' };
    for (const body of [
      JSON.stringify(error),
      jsonp(error),
      `callback(${JSON.stringify({ ...error, error: '100020' })})`,
      'code=100020&msg=code+is+reused+error',
      'error=100020&error_description=code%20is%20reused%20error',
    ]) {
      expect(await failure(answer(qq.tokenPath, body))).toMatchObject({
        kind: 'start_over',
        errcode: 100020,
      });
    }
  });

  test.each([
    '',
    '<html>a=b</html>',
    'callback(',
    'callback( );',
    'other({"access_token":"a"});',
    'null',
    '[]',
    '7',
  ])('anything else is nonsense: %j', async (body) => {
    expect(await failure(answer(qq.tokenPath, body))).toMatchObject({
      kind: 'unavailable',
      step: 'token',
      errcode: 'unreadable',
    });
  });
});

test('a client_id may be a number', async () => {
  const numeric = { ...settings, appId: '101234567' };
  const fake = fakeFetch(qqToken(), qqOpenid({ client_id: 101234567 }), qqProfile());
  expect(await createQQ(numeric, fake.fetch).identify(input)).toMatchObject({ openid: secrets.openid });
});

test('a token that is for another app is not believed', async () => {
  expect(await failure(qqToken(), qqOpenid({ client_id: 'another' }))).toMatchObject({
    kind: 'unavailable',
    step: 'openid',
    errcode: 'mismatch',
  });
});

test('an app without the unionid permission is asked for the openid alone', async () => {
  const refusal = answer(qq.openidPath, jsonp({ error: 100048, error_description: 'no unionid permission' }));
  const fake = fakeFetch(qqToken(), refusal, qqOpenid({ unionid: undefined }), qqProfile());
  const identity = await createQQ(settings, fake.fetch).identify(input);
  expect(identity).not.toHaveProperty('unionid');
  expect(identity.openid).toBe(secrets.openid);
  expect(fake.requests.map(({ url }) => url.searchParams.get('unionid'))).toEqual([null, '1', null, null]);
});

test.each([undefined, null, ''])('a unionid of %j is none', async (unionid) => {
  expect(await identify(qqToken(), qqOpenid({ unionid }), qqProfile())).not.toHaveProperty('unionid');
});

test.each(['', 'a b', 'a:b', 'a#b', 'a'.repeat(129), 7, undefined])(
  'an openid that can be none is nonsense: %j',
  async (openid) => {
    expect(await failure(qqToken(), qqOpenid({ openid }))).toMatchObject({
      kind: 'unavailable',
      step: 'openid',
    });
  },
);

test('who has no nickname is called QQ 用户', async () => {
  for (const nickname of [undefined, '', '\u3164']) {
    expect(await identify(qqToken(), qqOpenid(), qqProfile({ nickname }))).toMatchObject({
      nickname: 'QQ 用户',
    });
  }
});

test('a profile that does not say ret 0 is no profile', async () => {
  expect(await failure(qqToken(), qqOpenid(), answer(qq.profilePath, { nickname: 'a' }))).toMatchObject({
    kind: 'unavailable',
    step: 'profile',
  });
});
