import * as z from 'zod/mini';
import { origin, text } from '../setting-types.ts';
import { readCallback } from './callback.ts';
import { type Call, type Errcodes, type Exchange, type Meaning, openExchange } from './exchange.ts';
import { named } from './nickname.ts';
import { defineProvider, type OAuthProvider, type ProviderApp, ProviderError } from './provider.ts';
import {
  nicknameSchema,
  optionalSubjectSchema,
  parseJson,
  type Reply,
  type ReplyOutcome,
  readBody,
  subjectSchema,
  tokenSchema,
} from './reply.ts';

/** The app has not applied for unionid: an openid is to be had all the same. */
const UNIONID_NOT_GRANTED = 100048;

/**
 * QQ's codes. Those from 100000 on, from its page of public return codes:
 * https://wiki.connect.qq.com/%E5%85%AC%E5%85%B1%E8%BF%94%E5%9B%9E%E7%A0%81%E8%AF%B4%E6%98%8E
 * and 100048 from https://wiki.connect.qq.com/%e6%a6%82%e5%bf%b5%e5%92%8c%e6%9c%af%e8%af%ad . The small ones are the
 * `ret` of get_user_info, from Tencent's page of OpenAPI return codes (wiki.open.qq.com, 公共返回码说明).
 */
const KNOWN_CODES = new Map<number, Meaning>([
  [100000, 'configuration'], // response_type missing or wrong
  [100001, 'configuration'], // client_id missing
  [100002, 'configuration'], // client_secret missing
  [100003, 'configuration'], // Authorization header missing
  [100004, 'configuration'], // grant_type missing or wrong
  [100005, 'start_over'], // code missing
  [100006, 'configuration'], // refresh token missing
  [100007, 'configuration'], // access token missing: a request of ours lost it
  [100008, 'configuration'], // no such app id
  [100009, 'configuration'], // wrong client_secret
  [100010, 'configuration'], // callback address not allowed
  [100011, 'configuration'], // the app is not online
  [100012, 'configuration'], // must be a POST
  [100013, 'start_over'], // access token withdrawn by the person, or expired
  [100014, 'start_over'], // access token expired
  [100015, 'start_over'], // access token revoked
  [100016, 'start_over'], // access token not valid
  [100017, 'unavailable'], // their lookup of the app id failed
  [100018, 'start_over'], // their lookup of the code failed
  [100019, 'start_over'], // no token to be had for this code
  [100020, 'start_over'], // code used
  [100021, 'unavailable'], // their lookup of the access token failed
  [100022, 'unavailable'], // their lookup of the refresh token failed
  [100023, 'unavailable'], // their lookup of the app's permissions failed
  [100024, 'unavailable'], // their lookup of the person's permissions failed
  [100025, 'unavailable'], // their lookup of the API list failed
  [100026, 'unavailable'], // their storing of the permissions failed
  [100027, 'unavailable'], // their storing of the permission's time failed
  [100028, 'configuration'], // `which` missing
  [100029, 'configuration'], // not a request they understand
  [100030, 'start_over'], // the person has not authorized this call
  [100031, 'configuration'], // the app may not call this
  [UNIONID_NOT_GRANTED, 'configuration'], // asked again without it
  [-1, 'configuration'], // parameters not valid: the app id is not the token's
  [-2, 'configuration'], // no such app id
  [-3, 'configuration'], // the app may not call this
  [-4, 'configuration'], // our address is not on the app's allow list
  [-5, 'configuration'], // signature wrong
  [-6, 'unavailable'], // too many calls
  [-7, 'configuration'], // must be HTTPS
  [-8, 'configuration'], // the app failed a security review
  [-9, 'configuration'], // no such API
  [-20, 'start_over'], // the person has not authorized this call
  [-21, 'start_over'], // access token revoked
  [-22, 'start_over'], // openid not of this token
  [-23, 'start_over'], // access token not valid
  [1001, 'unavailable'], // system busy
  [1002, 'start_over'], // the person's login has expired
  [1003, 'start_over'], // this person's QQ is frozen: another one may sign in
]);

const ERRCODES: Errcodes = {
  known: KNOWN_CODES,
  unknown: (errcode) => (errcode >= 100_000 && errcode <= 100_999 ? 'configuration' : 'unavailable'),
  busy: new Set([1001]),
};

const tokenReplySchema = z.object({ access_token: tokenSchema });
const openidReplySchema = z.object({
  client_id: z.pipe(
    z.union([z.string(), z.number()]),
    z.transform((id: string | number) => String(id)),
  ),
  openid: subjectSchema,
  unionid: optionalSubjectSchema,
});
const profileReplySchema = z.object({ ret: z.literal([0, '0']), nickname: nicknameSchema });

/**
 * The forms QQ answers in: JSON, `callback( {...} );` (its default, and its errors even under `fmt=json`), or a query
 * string (the default of the token call).
 */
function parseBody(text: string): unknown {
  const body = text.trim();
  const jsonp = /^callback\s*\(([\s\S]*)\)\s*;?$/u.exec(body);
  if (jsonp !== null) return parseJson(jsonp[1] ?? '');
  if (/^[a-z_]+=[^<>{}]*$/iu.test(body)) return Object.fromEntries(new URLSearchParams(body));
  return parseJson(body);
}

/** Failures have `error` from the OAuth calls, `code` from their older form, `ret` from get_user_info. */
const read = <S extends z.ZodMiniType>(schema: S, reply: Reply): ReplyOutcome<z.output<S>> =>
  readBody(parseBody(reply.text), ['error', 'ret', 'code'], schema);

function tokenCall(
  app: ProviderApp,
  code: string,
  redirectUri: string,
): Call<z.output<typeof tokenReplySchema>> {
  const url = new URL('/oauth2.0/token', app.apiOrigin);
  url.searchParams.set('grant_type', 'authorization_code');
  url.searchParams.set('client_id', app.appId);
  url.searchParams.set('client_secret', app.appSecret);
  url.searchParams.set('code', code);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('fmt', 'json');
  return { step: 'token', url, read: (reply) => read(tokenReplySchema, reply) };
}

function openidCall(
  app: ProviderApp,
  accessToken: string,
  { withUnionid }: { withUnionid: boolean },
): Call<z.output<typeof openidReplySchema>> {
  const url = new URL('/oauth2.0/me', app.apiOrigin);
  url.searchParams.set('access_token', accessToken);
  if (withUnionid) url.searchParams.set('unionid', '1');
  url.searchParams.set('fmt', 'json');
  return { step: 'openid', url, read: (reply) => read(openidReplySchema, reply) };
}

function profileCall(
  app: ProviderApp,
  accessToken: string,
  openid: string,
): Call<z.output<typeof profileReplySchema>> {
  const url = new URL('/user/get_user_info', app.apiOrigin);
  url.searchParams.set('access_token', accessToken);
  url.searchParams.set('oauth_consumer_key', app.appId);
  url.searchParams.set('openid', openid);
  return { step: 'profile', url, read: (reply) => read(profileReplySchema, reply) };
}

/** Who a token is of. An app without the unionid permission is an app without unionids, not one nobody can sign in by. */
async function readOpenid(exchange: Exchange, app: ProviderApp, accessToken: string) {
  try {
    return await exchange.twice(openidCall(app, accessToken, { withUnionid: true }));
  } catch (error) {
    if (!(error instanceof ProviderError) || error.errcode !== UNIONID_NOT_GRANTED) throw error;
    return exchange.twice(openidCall(app, accessToken, { withUnionid: false }));
  }
}

/**
 * QQ Connect for websites (QQ 互联), read on these pages:
 * https://wiki.connect.qq.com/%e4%bd%bf%e7%94%a8authorization_code%e8%8e%b7%e5%8f%96access_token ,
 * https://wiki.connect.qq.com/%E8%8E%B7%E5%8F%96%E7%94%A8%E6%88%B7openid_oauth2-0 and
 * https://wiki.connect.qq.com/get_user_info
 *
 * It departs from RFC 6749 by a GET for the code exchange, failures with status 200, three forms of answers, and no
 * PKCE. Its pages have no language parameter.
 */
export function createQQ(app: ProviderApp, fetch: typeof globalThis.fetch): OAuthProvider {
  return {
    name: 'qq',

    authorizeUrl({ state, redirectUri }) {
      const url = new URL('/oauth2.0/authorize', app.authorizeOrigin);
      url.searchParams.set('response_type', 'code');
      url.searchParams.set('client_id', app.appId);
      url.searchParams.set('redirect_uri', redirectUri);
      url.searchParams.set('state', state);
      url.searchParams.set('scope', 'get_user_info');
      return url.href;
    },

    parseCallback: (query) =>
      readCallback(query, (code) => {
        const error = query.get('error');
        if (error === 'access_denied' || (query.get('usercancel') ?? '0') !== '0') return 'denied';
        // Any other error is QQ's word on our request (say 100010), not the person's.
        if (error !== null) return 'malformed';
        return code === '' ? 'denied' : 'code';
      }),

    async identify({ code, redirectUri }) {
      const exchange = openExchange('qq', ERRCODES, app.timeoutMilliseconds, fetch);
      const { access_token: accessToken } = await exchange.once(tokenCall(app, code, redirectUri));
      const { client_id: clientId, openid, unionid } = await readOpenid(exchange, app, accessToken);
      if (clientId !== app.appId) {
        throw new ProviderError({ kind: 'unavailable', provider: 'qq', step: 'openid', errcode: 'mismatch' });
      }
      const profile = await exchange.orFailure(profileCall(app, accessToken, openid));
      return {
        provider: 'qq',
        appId: app.appId,
        openid,
        ...(unionid !== undefined && { unionid }),
        ...named(profile, 'QQ 用户'),
      };
    },
  };
}

export const QQ = defineProvider({
  settings: { QQ_APP_ID: text, QQ_AUTHORIZE_URL: origin, QQ_API_URL: origin },
  secrets: { QQ_APP_SECRET: 'QQ_APP_ID' },
  create: (settings, secrets, fetch) =>
    createQQ(
      {
        appId: settings.QQ_APP_ID,
        appSecret: secrets.QQ_APP_SECRET,
        authorizeOrigin: settings.QQ_AUTHORIZE_URL,
        apiOrigin: settings.QQ_API_URL,
        timeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
      },
      fetch,
    ),
});
