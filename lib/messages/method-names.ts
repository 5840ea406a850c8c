import type { WayIn } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';

/** What each way in is called in messages, within a sentence. */
export const METHOD_NAMES: Record<Language, Record<WayIn, string>> = {
  'zh-CN': { email: '邮箱', wechat: '微信', qq: 'QQ', assertion: '本站账号' },
  en: { email: 'email', wechat: 'WeChat', qq: 'QQ', assertion: 'the site login' },
};

/** After a Chinese word: one in Latin letters has a space before it. */
export const zhMethod = (provider: WayIn) => METHOD_NAMES['zh-CN'][provider].replace(/^(?=[A-Za-z])/, ' ');

/** `微信登录`, ` QQ 登录`; after a Chinese word. */
export const zhSignIn = (provider: WayIn) => `${zhMethod(provider).replace(/(?<=[A-Za-z])$/, ' ')}登录`;
