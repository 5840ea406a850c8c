import * as z from 'zod/mini';
import type { Settings } from '../../lib/config.ts';
import { type Check, failed, type Group, ok } from './check.ts';

/** Nobody has it: what is said of it shows that the app and its secret were right. */
const MADE_UP_CODE = 'doctor0000000000000000000000000000';

const replySchema = z.object({ errcode: z.optional(z.number()), error: z.optional(z.number()) });

async function ask(url: URL): Promise<number> {
  const reply = await fetch(url, { redirect: 'error' });
  const parsed = replySchema.safeParse(JSON.parse(await reply.text()));
  return parsed.data?.errcode ?? parsed.data?.error ?? Number.NaN;
}

function withQuery(origin: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html */
const WECHAT_NO_APP = 40013;
const WECHAT_NO_SECRET = [40001, 40125];
const WECHAT_NO_CODE = [40029, 41008, 40163];

const weChatApp = (
  id: string,
  { WECHAT_API_URL: origin }: Settings,
  appId: string,
  secret: string,
): Check => ({
  id,
  run: async () => {
    const query = { appid: appId, secret, code: MADE_UP_CODE, grant_type: 'authorization_code' };
    const code = await ask(withQuery(origin, '/sns/oauth2/access_token', query));
    if (WECHAT_NO_CODE.includes(code)) return ok(`${appId} and its secret are right`);
    if (code === WECHAT_NO_APP) return failed(`WeChat does not know ${appId}`, 'Mend its AppID.');
    if (WECHAT_NO_SECRET.includes(code))
      return failed(`the secret is not that of ${appId}`, 'Put its AppSecret into SSM: docs/deploy.md.');
    return failed(`WeChat says ${code}`, 'Look it up at developers.weixin.qq.com.');
  },
});

/** What WeChat writes on its page where it does not know who asks, or where to go back to. */
const WECHAT_PROBLEM =
  /(AppID|Scope|redirect_uri) ?(参数错误|参数错误或没有 Scope 权限)|\b(AppID|Scope|redirect_uri) (?:is )?(?:error|wrong|mismatch)/i;

const weChatCallback = ({
  WECHAT_AUTHORIZE_URL: origin,
  WECHAT_APP_ID: appId,
  API_ORIGIN: api,
}: Settings): Check => ({
  id: 'wechat-callback',
  run: async () => {
    const redirect = `${api}/oauth/wechat/callback`;
    const query = {
      appid: appId,
      redirect_uri: redirect,
      response_type: 'code',
      scope: 'snsapi_login',
      state: 'doctor',
    };
    const page = await (await fetch(withQuery(origin, '/connect/qrconnect', query))).text();
    const [problem] = WECHAT_PROBLEM.exec(page) ?? [];
    return problem === undefined
      ? ok(`a code is shown that leads back to ${redirect}`)
      : failed(
          `WeChat says: ${problem}`,
          `Its 授权回调域 has to be ${new URL(api).host}: open.weixin.qq.com.`,
        );
  },
});

/** https://wiki.connect.qq.com/%E5%85%AC%E5%85%B1%E8%BF%94%E5%9B%9E%E7%A0%81%E8%AF%B4%E6%98%8E */
const QQ_NO_APP = 100008;
const QQ_NO_SECRET = 100009;
const QQ_NO_CALLBACK = 100010;
const QQ_NO_CODE = [100019, 100020, 100005];

const qqApp = (
  { QQ_API_URL: origin, QQ_APP_ID: appId, API_ORIGIN: api }: Settings,
  secret: string,
): Check => ({
  id: 'qq-app',
  run: async () => {
    const query = {
      grant_type: 'authorization_code',
      client_id: appId,
      client_secret: secret,
      code: MADE_UP_CODE,
      redirect_uri: `${api}/oauth/qq/callback`,
      fmt: 'json',
    };
    const code = await ask(withQuery(origin, '/oauth2.0/token', query));
    if (QQ_NO_CODE.includes(code)) return ok(`${appId}, its key and its callback are right`);
    if (code === QQ_NO_APP) return failed(`QQ does not know ${appId}`, 'Mend QQ_APP_ID.');
    if (code === QQ_NO_SECRET)
      return failed(`the key is not that of ${appId}`, 'Put its APP Key into SSM: docs/deploy.md.');
    if (code === QQ_NO_CALLBACK)
      return failed(
        'QQ does not lead back to us',
        `Its callback has to be ${query.redirect_uri}: connect.qq.com.`,
      );
    return failed(`QQ says ${code}`, 'Look it up at wiki.connect.qq.com.');
  },
});

/** The secrets of the apps, '' where one is not to be had: then it is asked about all the same, and refused. */
export interface AppSecrets {
  readonly weChat: string;
  readonly weChatMp: string;
  readonly qq: string;
}

/** Whether WeChat and QQ know the apps that people sign in by. */
export function providers(settings: Settings, secrets: AppSecrets): Group {
  const isOn = (name: 'wechat' | 'qq') => settings.SIGN_IN_PROVIDERS.includes(name);
  const { WECHAT_APP_ID: appId, WECHAT_MP_APP_ID: mpAppId } = settings;
  const weChat = [
    weChatApp('wechat-app', settings, appId, secrets.weChat),
    weChatCallback(settings),
    ...(mpAppId === '' ? [] : [weChatApp('wechat-in-app', settings, mpAppId, secrets.weChatMp)]),
  ];
  return {
    title: 'WeChat and QQ',
    checks: [...(isOn('wechat') ? weChat : []), ...(isOn('qq') ? [qqApp(settings, secrets.qq)] : [])],
  };
}
