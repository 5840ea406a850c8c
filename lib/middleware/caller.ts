import { readCaller } from '../http/caller.ts';
import type { Language } from '../linking/language.ts';
import { type Middleware, middleware, type WithCaller } from './request.ts';

/** `zh` stands for every Chinese, so that a reader of zh-TW is not answered in English. Chinese unless English is preferred. */
export const AVAILABLE_LANGUAGES = ['zh-CN', 'zh', 'en'];

/** What middy's content negotiation put on the context, if it came to that. */
export interface Negotiated {
  readonly preferredLanguage?: string;
}

export function chooseLanguage({ preferredLanguage }: Negotiated): Language {
  return preferredLanguage === 'en' ? 'en' : 'zh-CN';
}

/** Puts who asks on the context. */
export function caller(): Middleware<WithCaller> {
  return middleware<WithCaller, Negotiated>({
    before({ event, context }) {
      Object.assign(context, { caller: readCaller(event, chooseLanguage(context)) });
    },
  });
}
