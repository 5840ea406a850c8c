import type { Context } from 'hono';
import Negotiator from 'negotiator';

export type Language = 'zh' | 'en';

const BY_PARAMETER: Record<string, Language> = { cn: 'zh', zh: 'zh', zh_CN: 'zh', 'zh-CN': 'zh', en: 'en' };

/** What `lang` says (WeChat: `cn` or `en`), else what the browser prefers, else Chinese. */
export function languageOf(context: Context): Language {
  const asked = BY_PARAMETER[context.req.query('lang') ?? ''];
  if (asked) return asked;
  const header = context.req.header('accept-language');
  const preferred = new Negotiator({ headers: { 'accept-language': header } }).language(['zh-CN', 'en']);
  return preferred === 'en' ? 'en' : 'zh';
}
