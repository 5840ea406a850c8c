import { expect, test } from '@jest/globals';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { wechat, wechatProfile, wechatToken } from './documented-replies.ts';
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

async function identify(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const identity = await createWeChat(settings, fake.fetch).identify(input);
  fake.expectAllUsed();
  return identity;
}

async function failure(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const error = await rejection(createWeChat(settings, fake.fetch).identify(input));
  fake.expectAllUsed();
  return error;
}

test('a code becomes an identity by two calls, with exactly the documented parameters', async () => {
  const fake = fakeFetch(wechatToken(), wechatProfile());
  expect(await createWeChat(settings, fake.fetch).identify(input)).toEqual({
    provider: 'wechat',
    appId: settings.appId,
    openid: secrets.openid,
    unionid: secrets.unionid,
    nickname: '小华',
  });
  expect(fake.requests.map(({ url }) => Object.fromEntries(url.searchParams))).toEqual([
    {
      appid: settings.appId,
      secret: secrets.appSecret,
      code: secrets.code,
      grant_type: 'authorization_code',
    },
    { access_token: secrets.accessToken, openid: secrets.openid, lang: 'zh_CN' },
  ]);
  for (const { init } of fake.requests) expect(init).toMatchObject({ redirect: 'error' });
});

test('answers are UTF-8 whatever the content type says, byte order mark included', async () => {
  const bytes = new TextEncoder().encode(`\uFEFF${JSON.stringify(wechat.profile)}`);
  for (const type of ['text/plain', 'text/plain; charset=iso-8859-1', 'text/html; charset=GBK']) {
    const profile = {
      path: wechat.profilePath,
      answer: () => new Response(bytes, { headers: { 'content-type': type } }),
    };
    expect(await identify(wechatToken(), profile)).toMatchObject({ nickname: '小华' });
  }
});

test.each([
  ['absent', undefined],
  ['empty', ''],
  ['null', null],
])('a unionid that is %s is none', async (_word, unionid) => {
  const identity = await identify(wechatToken({ unionid }), wechatProfile({ unionid }));
  expect(identity).not.toHaveProperty('unionid');
  expect(identity.openid).toBe(secrets.openid);
});

test('a unionid in either answer counts', async () => {
  expect(await identify(wechatToken({ unionid: '' }), wechatProfile())).toHaveProperty(
    'unionid',
    secrets.unionid,
  );
  expect(await identify(wechatToken(), wechatProfile({ unionid: '' }))).toHaveProperty(
    'unionid',
    secrets.unionid,
  );
});

test.each([{ openid: 'another-openid' }, { unionid: 'another-unionid' }])(
  'answers that disagree about who it is are nonsense: %j',
  async (changes) => {
    expect(await failure(wechatToken(), wechatProfile(changes))).toMatchObject({
      kind: 'unavailable',
      step: 'profile',
      errcode: 'mismatch',
    });
  },
);

test.each(['', ' ', 'a b', 'a:b', 'a#b', 'a\n', '中', 'a'.repeat(129), 7, null, ['a'], { a: 1 }])(
  'an openid that can be none is nonsense: %j',
  async (openid) => {
    expect(await failure(wechatToken({ openid }))).toMatchObject({ kind: 'unavailable', step: 'token' });
  },
);

test.each([' ', 'a b', 'a:b', 'a#b', 'a'.repeat(129), 7, ['a']])(
  'a unionid that can be none is nonsense, not absent: %j',
  async (unionid) => {
    expect(await failure(wechatToken({ unionid }))).toMatchObject({ kind: 'unavailable', step: 'token' });
  },
);

test('an errcode of 0 beside the data is a success', async () => {
  expect(
    await identify(wechatToken({ errcode: 0, errmsg: 'ok' }), wechatProfile({ errcode: '0' })),
  ).toMatchObject({
    openid: secrets.openid,
  });
});

test('an errcode beside data is a failure, and so is one that cannot be read', async () => {
  expect(await failure(wechatToken({ errcode: 40029 }))).toMatchObject({
    kind: 'start_over',
    errcode: 40029,
  });
  expect(await failure(wechatToken({ errcode: secrets.accessToken }))).toMatchObject({
    errcode: 'unreadable',
  });
  expect(await failure(wechatToken({ errcode: 12345678 }))).toMatchObject({ errcode: 'unreadable' });
});

test('raw control characters in a nickname, which JSON forbids, do not make the answer unreadable', async () => {
  const body = JSON.stringify(wechat.profile).replace('小华', '小\u0014华\u0000');
  expect(await identify(wechatToken(), answer(wechat.profilePath, body))).toMatchObject({
    nickname: '小 华',
  });
});

test('who has no nickname is called 微信用户', async () => {
  for (const nickname of [undefined, null, '', '  ', '\u200b', {}]) {
    expect(await identify(wechatToken(), wechatProfile({ nickname }))).toMatchObject({
      nickname: '微信用户',
    });
  }
});

test.each([
  ['a limit', { errcode: 45011, errmsg: 'api minute-quota reach limit' }, 'unavailable', 45011],
  ['a permission', { errcode: 48001, errmsg: 'api unauthorized' }, 'configuration', 48001],
  ['broken JSON', `{"openid":"${secrets.openid}","nickname":"a"b"}`, 'unavailable', 'unreadable'],
])(
  'a profile that %s keeps back is done without: the token named the person',
  async (_what, body, kind, errcode) => {
    const identity = await identify(wechatToken(), answer(wechat.profilePath, body));
    expect(identity).toMatchObject({
      openid: secrets.openid,
      unionid: secrets.unionid,
      nickname: '微信用户',
      profileFailure: { kind, errcode, step: 'profile' },
    });
  },
);

test('a person whom WeChat has made up for a snapshot is nobody', async () => {
  for (const flag of [1, '1'])
    expect(await failure(wechatToken({ is_snapshotuser: flag }))).toMatchObject({ kind: 'snapshot_user' });
  expect(await identify(wechatToken({ is_snapshotuser: 0 }), wechatProfile())).toHaveProperty('openid');
});

test('the code of a service account is exchanged as that account', async () => {
  const serviceAccount = { appId: 'wxmp000000000001', appSecret: 'mp-secret' };
  const fake = fakeFetch(wechatToken(), wechatProfile());
  const provider = createWeChat({ ...settings, serviceAccount }, fake.fetch);
  expect(await provider.identify({ ...input, app: 'in_app' })).toMatchObject({ appId: serviceAccount.appId });
  expect(Object.fromEntries(fake.requests[0]?.url.searchParams ?? [])).toMatchObject({
    appid: serviceAccount.appId,
    secret: serviceAccount.appSecret,
  });
  const away = provider.authorizeUrl({ state: 's', redirectUri, language: 'en', app: 'in_app' });
  expect(away).toBe(
    `https://authorize.example.com/connect/oauth2/authorize?appid=wxmp000000000001&redirect_uri=${encodeURIComponent(redirectUri)}&response_type=code&scope=snsapi_userinfo&state=s#wechat_redirect`,
  );
});
