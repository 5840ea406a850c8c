import type { Language } from '../../../lib/linking/language.ts';
import { en } from './en.ts';
import { errorsEn } from './errors.en.ts';
import { errorsZh } from './errors.zh.ts';
import type { ErrorTexts } from './explain.ts';
import type { Texts } from './translate.ts';
import { zh } from './zh.ts';

/** All the page says, by language. Chinese is what a visitor sees first. */
export const CATALOGUE: Readonly<Record<Language, { readonly texts: Texts; readonly errors: ErrorTexts }>> = {
  'zh-CN': { texts: zh, errors: errorsZh },
  en: { texts: en, errors: errorsEn },
};
