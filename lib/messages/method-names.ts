import type { Provider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';

/** What each way in is called in messages, within a sentence. */
export const METHOD_NAMES: Record<Language, Record<Provider, string>> = {
  'zh-CN': { email: '邮箱', wechat: '微信', qq: 'QQ' },
  en: { email: 'email', wechat: 'WeChat', qq: 'QQ' },
};
