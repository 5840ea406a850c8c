import { type Context, Hono } from 'hono';
import { type Faults, meetFaults } from '../faults.ts';
import { openidOf } from '../people.ts';
import type { RegisteredApp } from './app.ts';
import { type Grants, newToken } from './grants.ts';

export const QQ_LIFETIMES = { codeSeconds: 600, tokenSeconds: 7_776_000 };

/**
 * The documented errors of the OAuth calls that this stand-in gives, by
 * https://wiki.connect.qq.com/%E5%85%AC%E5%85%B1%E8%BF%94%E5%9B%9E%E7%A0%81%E8%AF%B4%E6%98%8E
 */
const ERRORS: Record<number, string> = {
  100001: 'param client_id is wrong or lost',
  100002: 'param client_secret is wrong or lost',
  100004: 'param grant_type is wrong or lost',
  100005: 'param code is wrong or lost',
  100007: 'param access token is wrong or lost',
  100008: 'client_id is not exist',
  100009: 'client secret is illegal',
  100010: 'redirect uri is illegal',
  100014: 'access token expired',
  100016: 'access token check failed',
  100019: 'code to access token error',
  100020: 'code is reused error',
};

/** The `ret` of get_user_info where something is wrong. */
const PROFILE_ERRORS: Record<number, string> = {
  [-1]: "client request's parameters are invalid, invalid openid",
  [-2]: 'app id is invalid',
  [-22]: 'openid is invalid',
  [-23]: 'token is invalid',
};

const REDEEM_ERRORS = { unknown: 100019, used: 100020, expired: 100019, mismatch: 100010 } as const;
const OPENID_FORM = /^[0-9A-F]{32}$/;
const PROFILE_PATH = '/user/get_user_info';

/** QQ calls everything text/html, and sends failures with status 200. */
const answer = (context: Context, body: string) =>
  context.body(body, 200, { 'content-type': 'text/html; charset=utf-8' });

/** JSON where it was asked for, else a call of `callback`. */
function structured(context: Context, body: object): Response {
  const json = JSON.stringify(body);
  return answer(context, context.req.query('fmt') === 'json' ? json : `callback( ${json} );\n`);
}

const fail = (context: Context, error: number) =>
  structured(context, { error, error_description: ERRORS[error] ?? 'system error' });

const failProfile = (context: Context, ret: number) =>
  answer(context, JSON.stringify({ ret, msg: PROFILE_ERRORS[ret] ?? 'system error' }));

const anyFailure = (context: Context, errcode: number | string) =>
  (context.req.path === PROFILE_PATH ? failProfile : fail)(context, Number(errcode));

/** The calls of the app's server: code for token, token for openid, and for the profile. */
export function createQQApi(app: RegisteredApp, grants: Grants, faults: Faults): Hono {
  const api = new Hono();
  const meeting = meetFaults(faults, (context) => context.req.path, anyFailure);
  api.use('/oauth2.0/*', meeting).use('/user/*', meeting);

  api.get('/oauth2.0/token', (context) => {
    const {
      grant_type: grantType,
      client_id: clientId,
      client_secret: secret,
      code,
      ...rest
    } = context.req.query();
    if (grantType !== 'authorization_code') return fail(context, 100004);
    if (!clientId) return fail(context, 100001);
    if (!secret) return fail(context, 100002);
    if (!code) return fail(context, 100005);
    if (clientId !== app.appId) return fail(context, 100008);
    if (secret !== app.appSecret) return fail(context, 100009);
    const redeemed = grants.redeem(code, (grant) => grant.redirectUri === rest['redirect_uri']);
    if (redeemed.kind !== 'ok') return fail(context, REDEEM_ERRORS[redeemed.kind]);
    const token = {
      access_token: redeemed.token,
      expires_in: String(QQ_LIFETIMES.tokenSeconds),
      refresh_token: newToken(),
    };
    if (rest['fmt'] !== 'json') return answer(context, new URLSearchParams(token).toString());
    const openid = rest['need_openid'] === '1' && { openid: openidOf('qq', clientId, redeemed.grant.person) };
    return structured(context, { ...token, ...openid });
  });

  api.get('/oauth2.0/me', (context) => {
    const { access_token: token, unionid } = context.req.query();
    if (!token) return fail(context, 100007);
    const found = grants.findToken(token);
    if (found.kind !== 'ok') return fail(context, found.kind === 'expired' ? 100014 : 100016);
    const { person } = found.grant;
    return structured(context, {
      client_id: app.appId,
      openid: openidOf('qq', app.appId, person),
      ...(unionid === '1' && { unionid: person.unionid }),
    });
  });

  api.get(PROFILE_PATH, (context) => {
    const { access_token: token, oauth_consumer_key: appId, openid } = context.req.query();
    if (!openid || !OPENID_FORM.test(openid)) return failProfile(context, -1);
    if (appId !== app.appId) return failProfile(context, -2);
    const found = grants.findToken(token ?? '');
    if (found.kind !== 'ok') return failProfile(context, -23);
    const { person } = found.grant;
    if (openid !== openidOf('qq', appId, person)) return failProfile(context, -22);
    return answer(
      context,
      JSON.stringify({ ret: 0, msg: '', is_lost: 0, nickname: person.nickname, gender: '男' }),
    );
  });
  return api;
}
