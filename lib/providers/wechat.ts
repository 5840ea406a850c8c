import * as z from 'zod/mini';
import type { AppKind } from '../linking/identity.ts';
import { weChatPlace } from '../linking/user-agent.ts';
import { origin, text } from '../setting-types.ts';
import { readCallback } from './callback.ts';
import { type Call, type Errcodes, type Meaning, openExchange } from './exchange.ts';
import { named } from './nickname.ts';
import {
  defineProvider,
  type OAuthProvider,
  type ProviderApp,
  ProviderError,
  type ProviderFailureKind,
  type ProviderStep,
  type TransportFailure,
} from './provider.ts';
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

/**
 * WeChat's codes, from its page of return codes:
 * https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
 */
const KNOWN_CODES = new Map<number, Meaning>([
  [-1, 'unavailable'], // system busy
  [40001, { token: 'configuration', read: 'start_over' }], // wrong AppSecret; later: token no longer valid
  [40002, 'configuration'], // grant type not allowed
  [40003, 'start_over'], // openid not of this token
  [40013, 'configuration'], // no such AppID
  [40014, 'start_over'], // access token not valid
  [40029, 'start_over'], // code not valid, or of another app
  [40125, 'configuration'], // wrong AppSecret
  [40163, 'start_over'], // code used
  [40164, 'configuration'], // our address is not on the app's allow list
  [40226, 'start_over'], // this person's WeChat is at risk, and kept from signing in
  [41001, 'configuration'], // access token missing: a request of ours lost it
  [41002, 'configuration'], // appid missing
  [41004, 'configuration'], // secret missing
  [41008, 'start_over'], // code missing
  [41009, 'configuration'], // openid missing
  [42001, 'start_over'], // access token expired
  [42003, 'start_over'], // code expired
  [42007, 'start_over'], // the person changed the password: all tokens withdrawn
  [43001, 'configuration'], // must be a GET
  [43003, 'configuration'], // must be HTTPS
  [45009, 'unavailable'], // quota of the day used up
  [45011, 'unavailable'], // too many calls this minute
  [48001, 'configuration'], // the app may not call this
  [48004, 'configuration'], // the call was taken from the app for a breach of rules
  [50001, 'start_over'], // the person has not authorized this call
  [50002, 'start_over'], // this person's WeChat is frozen or closed: another one may scan
]);

const ERRCODES: Errcodes = {
  known: KNOWN_CODES,
  // Most of its codes are about one request or one person: what needs an operator is listed.
  unknown: (errcode) => (errcode >= 40_000 && errcode <= 49_999 ? 'start_over' : 'unavailable'),
  busy: new Set([-1]),
};

const tokenReplySchema = z.object({
  access_token: tokenSchema,
  openid: subjectSchema,
  unionid: optionalSubjectSchema,
  /** 1 where WeChat shows a snapshot of the page, whose openid, unionid and nickname it makes up. */
  is_snapshotuser: z.optional(z.unknown()),
});
const profileReplySchema = z.object({
  openid: subjectSchema,
  unionid: optionalSubjectSchema,
  nickname: nicknameSchema,
});

/** A failure has an `errcode` other than 0; a success may have none. */
const read = <S extends z.ZodMiniType>(schema: S, reply: Reply): ReplyOutcome<z.output<S>> =>
  readBody(parseJson(reply.text), ['errcode'], schema);

function tokenCall(app: ProviderApp, code: string): Call<z.output<typeof tokenReplySchema>> {
  const url = new URL('/sns/oauth2/access_token', app.apiOrigin);
  url.searchParams.set('appid', app.appId);
  url.searchParams.set('secret', app.appSecret);
  url.searchParams.set('code', code);
  url.searchParams.set('grant_type', 'authorization_code');
  return { step: 'token', url, read: (reply) => read(tokenReplySchema, reply) };
}

function profileCall(
  app: ProviderApp,
  token: z.output<typeof tokenReplySchema>,
): Call<z.output<typeof profileReplySchema>> {
  const url = new URL('/sns/userinfo', app.apiOrigin);
  url.searchParams.set('access_token', token.access_token);
  url.searchParams.set('openid', token.openid);
  url.searchParams.set('lang', 'zh_CN');
  return { step: 'profile', url, read: (reply) => read(profileReplySchema, reply) };
}

/** Where each app sends a browser: to a QR code or, inside WeChat, to a page that asks at once. */
const AUTHORIZE = {
  website: { path: '/connect/qrconnect', scope: 'snsapi_login' },
  in_app: { path: '/connect/oauth2/authorize', scope: 'snsapi_userinfo' },
} as const satisfies Record<AppKind, object>;

interface App {
  readonly appId: string;
  readonly appSecret: string;
}

export interface WeChatApp extends ProviderApp {
  /** The service account (服务号), whose own browser needs no QR code; none where its id is empty. */
  readonly serviceAccount?: App;
}

/**
 * WeChat login for website apps (网站应用微信登录) and, inside WeChat, for a service account (网页授权), read on these pages:
 * https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html ,
 * https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html and
 * https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
 *
 * It departs from RFC 6749: `appid` and `secret` for client_id and client_secret, a GET for the code exchange, failures
 * with status 200, and no PKCE, so that only a `state` bound to the browser protects the flow.
 */
export function createWeChat(settings: WeChatApp, fetch: typeof globalThis.fetch): OAuthProvider {
  const { serviceAccount = { appId: '', appSecret: '' } } = settings;
  const appOf = (kind: AppKind): ProviderApp =>
    kind === 'in_app' ? { ...settings, ...serviceAccount } : settings;
  return {
    name: 'wechat',

    chooseApp(userAgent) {
      const place = weChatPlace(userAgent);
      if (place === 'elsewhere') return { app: 'website' };
      const isUsable = place === 'in_wechat' && serviceAccount.appId !== '';
      return isUsable ? { app: 'in_app' } : { deadEnd: place };
    },

    authorizeUrl({ state, redirectUri, language, app: kind = 'website' }) {
      const { path, scope } = AUTHORIZE[kind];
      const url = new URL(path, settings.authorizeOrigin);
      // In the documented order: WeChat matches such URLs by pattern on the page inside it.
      url.searchParams.set('appid', appOf(kind).appId);
      url.searchParams.set('redirect_uri', redirectUri);
      url.searchParams.set('response_type', 'code');
      url.searchParams.set('scope', scope);
      url.searchParams.set('state', state);
      // Inside WeChat the page speaks the app's language.
      if (kind === 'website') url.searchParams.set('lang', language === 'en' ? 'en' : 'cn');
      url.hash = 'wechat_redirect';
      return url.href;
    },

    // A refusal comes back with `state` alone, from some clients with the word `authdeny` for a code, or not at all.
    parseCallback: (query) =>
      readCallback(query, (code) =>
        code === '' || code === 'authdeny' || query.get('error') === 'access_denied' ? 'denied' : 'code',
      ),

    async identify({ code, app: kind = 'website' }) {
      const app = appOf(kind);
      const exchange = openExchange('wechat', ERRCODES, app.timeoutMilliseconds, fetch);
      const token = await exchange.once(tokenCall(app, code));
      if (Number(token.is_snapshotuser ?? 0) !== 0) throw failed('snapshot_user', 'token', 'snapshot');
      const profile = await exchange.orFailure(profileCall(app, token));
      const isNamed = !(profile instanceof ProviderError);
      const unionids = new Set([token.unionid, isNamed ? profile.unionid : undefined]);
      unionids.delete(undefined);
      if ((isNamed && profile.openid !== token.openid) || unionids.size > 1)
        throw failed('unavailable', 'profile', 'mismatch');
      const [unionid] = unionids;
      return {
        provider: 'wechat',
        appId: app.appId,
        openid: token.openid,
        ...(unionid !== undefined && { unionid }),
        ...named(profile, '微信用户'),
      };
    },
  };
}

const failed = (kind: ProviderFailureKind, step: ProviderStep, errcode: TransportFailure) =>
  new ProviderError({ kind, provider: 'wechat', step, errcode });

export const WECHAT = defineProvider({
  settings: {
    WECHAT_APP_ID: text,
    WECHAT_MP_APP_ID: z.string(),
    WECHAT_AUTHORIZE_URL: origin,
    WECHAT_API_URL: origin,
  },
  secrets: { WECHAT_APP_SECRET: 'WECHAT_APP_ID', WECHAT_MP_APP_SECRET: 'WECHAT_MP_APP_ID' },
  create: (settings, secrets, fetch) =>
    createWeChat(
      {
        appId: settings.WECHAT_APP_ID,
        appSecret: secrets.WECHAT_APP_SECRET,
        serviceAccount: { appId: settings.WECHAT_MP_APP_ID, appSecret: secrets.WECHAT_MP_APP_SECRET },
        authorizeOrigin: settings.WECHAT_AUTHORIZE_URL,
        apiOrigin: settings.WECHAT_API_URL,
        timeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
      },
      fetch,
    ),
});
