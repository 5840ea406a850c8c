import { answer, secrets, settings } from './fake-provider.ts';

/** The documented answers of WeChat's pages, with values of the same form. */
export const wechat = {
  tokenPath: '/sns/oauth2/access_token',
  profilePath: '/sns/userinfo',
  token: {
    access_token: secrets.accessToken,
    expires_in: 7200,
    refresh_token: secrets.refreshToken,
    openid: secrets.openid,
    scope: 'snsapi_login',
    unionid: secrets.unionid,
  },
  profile: {
    openid: secrets.openid,
    nickname: '小华',
    sex: 0,
    language: '',
    city: '',
    province: '',
    country: '',
    headimgurl: 'https://thirdwx.qlogo.cn/mmopen/vi_32/0/132',
    privilege: [],
    unionid: secrets.unionid,
  },
};

export const wechatToken = (changes: object = {}) =>
  answer(wechat.tokenPath, { ...wechat.token, ...changes });
export const wechatProfile = (changes: object = {}) =>
  answer(wechat.profilePath, { ...wechat.profile, ...changes });

/** The documented answers of QQ's pages. */
export const qq = {
  tokenPath: '/oauth2.0/token',
  openidPath: '/oauth2.0/me',
  profilePath: '/user/get_user_info',
  token: {
    access_token: secrets.accessToken,
    expires_in: '7776000',
    refresh_token: secrets.refreshToken,
  },
  openid: { client_id: settings.appId, openid: secrets.openid, unionid: secrets.unionid },
  profile: {
    ret: 0,
    msg: '',
    is_lost: 0,
    nickname: '小明',
    gender: '男',
    figureurl: 'http://qzapp.qlogo.cn/qzapp/0/0/30',
    vip: '0',
  },
};

export const jsonp = (body: object) => `callback( ${JSON.stringify(body)} );\n`;

export const qqToken = (changes: object = {}) => answer(qq.tokenPath, { ...qq.token, ...changes });
export const qqOpenid = (changes: object = {}) => answer(qq.openidPath, { ...qq.openid, ...changes });
export const qqProfile = (changes: object = {}) => answer(qq.profilePath, { ...qq.profile, ...changes });
