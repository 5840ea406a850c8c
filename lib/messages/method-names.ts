import type { WayIn } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';

/** What each way in is called in messages, within a sentence; the company's own login as the company, which sends them, would call it. */
export const METHOD_NAMES: Record<Language, Record<WayIn, string>> = {
  'zh-CN': { email: '邮箱', wechat: '微信', qq: 'QQ', assertion: '官网' },
  en: { email: 'email', wechat: 'WeChat', qq: 'QQ', assertion: 'our login' },
};

/** After a Chinese word: one in Latin letters has a space before it. */
export const zhMethod = (provider: WayIn) => METHOD_NAMES['zh-CN'][provider].replace(/^(?=[A-Za-z])/, ' ');

/** `微信登录`, ` QQ 登录`; after a Chinese word. */
export const zhSignIn = (provider: WayIn) => `${zhMethod(provider).replace(/(?<=[A-Za-z])$/, ' ')}登录`;
