import type { Provider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';

/** What each way in is called in messages, within a sentence. */
export const METHOD_NAMES: Record<Language, Record<Provider, string>> = {
  'zh-CN': { email: '邮箱', wechat: '微信', qq: 'QQ' },
  en: { email: 'email', wechat: 'WeChat', qq: 'QQ' },
};

/** After a Chinese word: one in Latin letters has a space before it. */
export const zhMethod = (provider: Provider) => METHOD_NAMES['zh-CN'][provider].replace(/^(?=[A-Za-z])/, ' ');

/** `微信登录`, ` QQ 登录`; after a Chinese word. */
export const zhSignIn = (provider: Provider) => `${zhMethod(provider).replace(/(?<=[A-Za-z])$/, ' ')}登录`;
