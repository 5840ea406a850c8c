import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

export type Language = 'zh' | 'en';

const BY_PARAMETER: Record<string, Language> = { cn: 'zh', zh: 'zh', zh_CN: 'zh', 'zh-CN': 'zh', en: 'en' };

/** What `lang` says (WeChat: `cn` or `en`), else what the browser prefers, else Chinese. */
export function languageOf(context: Context): Language {
  const asked = BY_PARAMETER[context.req.query('lang') ?? ''];
  if (asked) return asked;
  const preferred = accepts(context, {
    header: 'Accept-Language',
    supports: ['zh', 'en'],
    default: 'zh',
    // `zh-TW` is a kind of `zh`: hono compares whole tags.
    match: (ranges, { supports, default: fallback }) =>
      ranges
        .toSorted((left, right) => right.q - left.q)
        .map(({ type }) => type.split('-')[0]?.toLowerCase() ?? '')
        .find((language) => supports.includes(language)) ?? fallback,
  });
  return preferred === 'en' ? 'en' : 'zh';
}
