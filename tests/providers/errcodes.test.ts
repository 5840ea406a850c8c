import { describe, expect, test } from '@jest/globals';
import { ProviderError } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { qq, qqOpenid, qqToken, wechat, wechatToken } from './documented-replies.ts';
import {
  answer,
  fakeFetch,
  type Prepared,
  redirectUri,
  rejection,
  secrets,
  settings,
} from './fake-provider.ts';

type Create = typeof createWeChat;

async function failure(create: Create, ...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const error = await rejection(create(settings, fake.fetch).identify({ code: secrets.code, redirectUri }));
  expect(error).toBeInstanceOf(ProviderError);
  return { error, expectAllUsed: fake.expectAllUsed };
}

describe('WeChat at the code exchange', () => {
  test.each([
    ['unavailable', [-1, 45009, 45011]],
    ['start_over', [40029, 40163, 41008, 42001, 42003, 42007, 40003, 40014, 40226, 50001, 50002]],
    [
      'configuration',
      [40001, 40002, 40013, 40125, 40164, 41001, 41002, 41004, 41009, 43001, 43003, 48001, 48004],
    ],
    ['start_over', [40000, 49999]],
    ['unavailable', [39999, 50000, 1, 61004, -2]],
  ])('%s: %j, told by the code alone and tried once', async (kind, errcodes) => {
    for (const errcode of errcodes) {
      for (const form of [errcode, String(errcode)]) {
        const body = { errcode: form, errmsg: 'invalid code, rid: 64325568-5bf53433-38d6a77f' };
        const { error, expectAllUsed } = await failure(createWeChat, answer(wechat.tokenPath, body));
        expect(error).toMatchObject({ kind, errcode, step: 'token', provider: 'wechat' });
        expectAllUsed();
      }
    }
  });
});

test.each([
  ['start_over', [40001, 40003, 40014, 42001, 42007, 50001]],
  ['configuration', [48001]],
  ['unavailable', [45009, 45011]],
])('WeChat at the profile, %s: %j', async (kind, errcodes) => {
  for (const errcode of errcodes) {
    const { error, expectAllUsed } = await failure(
      createWeChat,
      wechatToken(),
      answer(wechat.profilePath, { errcode }),
    );
    expect(error).toMatchObject({ kind, errcode, step: 'profile' });
    expectAllUsed();
  }
});

test.each([
  ['start_over', [100005, 100013, 100014, 100015, 100016, 100018, 100019, 100020, 100030]],
  [
    'configuration',
    [100000, 100001, 100002, 100003, 100004, 100006, 100007, 100008, 100009, 100010, 100011, 100012],
  ],
  ['configuration', [100028, 100029, 100031, 100044, 100999]],
  ['unavailable', [100017, 100021, 100022, 100023, 100024, 100025, 100026, 100027, 99999, 101000, 110504]],
])('QQ at the OAuth calls, %s: %j', async (kind, errcodes) => {
  for (const errcode of errcodes) {
    const body = `callback( {"error":${errcode},"error_description":"any"} );`;
    const atToken = await failure(createQQ, answer(qq.tokenPath, body));
    expect(atToken.error).toMatchObject({ kind, errcode, step: 'token', provider: 'qq' });
    atToken.expectAllUsed();
    const atOpenid = await failure(createQQ, qqToken(), answer(qq.openidPath, body));
    expect(atOpenid.error).toMatchObject({ kind, errcode, step: 'openid' });
    atOpenid.expectAllUsed();
  }
});

test.each([
  ['start_over', [-20, -21, -22, -23, 1002, 1003, 100013, 100014, 100015, 100016, 100030]],
  ['configuration', [-1, -2, -3, -4, -5, -7, -8, -9, 100031]],
  ['unavailable', [-6, -73, 2, 6000]],
])('QQ at get_user_info, %s: %j', async (kind, errcodes) => {
  for (const errcode of errcodes) {
    const profile = answer(qq.profilePath, { ret: errcode, msg: 'any' });
    const { error, expectAllUsed } = await failure(createQQ, qqToken(), qqOpenid(), profile);
    expect(error).toMatchObject({ kind, errcode, step: 'profile' });
    expectAllUsed();
  }
});

test('a failure code counts beside a zero in another field', async () => {
  const { error } = await failure(createQQ, answer(qq.tokenPath, { ...qq.token, error: 0, ret: 100016 }));
  expect(error).toMatchObject({ errcode: 100016 });
});
