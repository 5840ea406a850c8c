import { isMainland, type PhoneNumber } from './phone.ts';

/** The languages that answers, SMS, mail and notices are written in. */
export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of an SMS. Carriers of mainland China take texts with a signature, which are Chinese; elsewhere it is the one that is
 * known to be read there.
 */
export function smsLanguage(phone: PhoneNumber, known: Language | undefined): Language {
  return isMainland(phone) ? 'zh-CN' : (known ?? 'en');
}

/** The languages of a mail to the owner of an account, the likelier one first: both if nobody has said which. */
export function mailLanguages(account: {
  readonly language?: Language;
  readonly phone?: PhoneNumber;
}): readonly Language[] {
  const { language, phone } = account;
  if (language !== undefined) return [language];
  return phone !== undefined && isMainland(phone) ? ['zh-CN', 'en'] : ['en', 'zh-CN'];
}
