import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type Faults, meetFaults } from '../faults.ts';
import { openidOf } from '../people.ts';
import type { RegisteredApp } from './app.ts';
import { type Grants, newToken, TOKEN_FORM } from './grants.ts';

export const WECHAT_LIFETIMES = { codeSeconds: 300, tokenSeconds: 7200 };

/** The documented errors that this stand-in gives, with WeChat's texts. */
const ERRORS: Record<number, string> = {
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40125: 'invalid appsecret',
  40163: 'code been used',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41009: 'missing openid',
  42001: 'access_token expired',
  42003: 'code expired',
};

const REDEEM_ERRORS = { unknown: 40029, used: 40163, expired: 42003, mismatch: 40029 } as const;

/** WeChat sends JSON as text/plain, and failures with status 200. */
const answer = (context: Context, body: object) =>
  context.body(JSON.stringify(body), 200, { 'content-type': 'text/plain' });

function fail(context: Context, errcode: number): Response {
  const hex = randomBytes(12).toString('hex');
  const rid = `${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16)}`;
  return answer(context, { errcode, errmsg: `${ERRORS[errcode] ?? 'system error'}, rid: ${rid}` });
}

/** The calls of the app's server: code for token, token for profile. */
export function createWeChatApi(app: RegisteredApp, grants: Grants, faults: Faults): Hono {
  const api = new Hono();
  api.use(
    '/sns/*',
    meetFaults(
      faults,
      (context) => context.req.path,
      (context, errcode) => fail(context, Number(errcode)),
    ),
  );

  api.get('/sns/oauth2/access_token', (context) => {
    const { appid, secret, code, grant_type: grantType } = context.req.query();
    if (!appid) return fail(context, 41002);
    if (!secret) return fail(context, 41004);
    if (!code) return fail(context, 41008);
    if (grantType !== 'authorization_code') return fail(context, 40002);
    const registered = [app, app.inApp].find((one) => one?.appId === appid);
    if (!registered) return fail(context, 40013);
    if (secret !== registered.appSecret) return fail(context, 40125);
    const redeemed = grants.redeem(code, (grant) => grant.appId === appid);
    if (redeemed.kind !== 'ok') return fail(context, REDEEM_ERRORS[redeemed.kind]);
    const { person, isSnapshot } = redeemed.grant;
    return answer(context, {
      access_token: redeemed.token,
      expires_in: WECHAT_LIFETIMES.tokenSeconds,
      refresh_token: newToken(),
      openid: openidOf('wechat', appid, person),
      scope: registered === app ? 'snsapi_login' : 'snsapi_userinfo',
      ...(isSnapshot && { is_snapshotuser: 1 }),
      ...(person.unionid && { unionid: person.unionid }),
    });
  });

  api.get('/sns/userinfo', (context) => {
    const { access_token: token, openid } = context.req.query();
    if (!token) return fail(context, 41001);
    if (!openid) return fail(context, 41009);
    if (!TOKEN_FORM.test(token)) return fail(context, 40014);
    const found = grants.findToken(token);
    if (found.kind !== 'ok') return fail(context, found.kind === 'expired' ? 42001 : 40001);
    const { person, appId = app.appId } = found.grant;
    if (openid !== openidOf('wechat', appId, person)) return fail(context, 40003);
    return answer(context, {
      openid,
      nickname: person.nickname,
      // WeChat fills none of these any more.
      sex: 0,
      language: '',
      city: '',
      province: '',
      country: '',
      headimgurl: '',
      privilege: [],
      ...(person.unionid && { unionid: person.unionid }),
    });
  });
  return api;
}
