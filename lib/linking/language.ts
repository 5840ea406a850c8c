import { isMainland, type PhoneNumber } from './phone.ts';

/** The languages that answers, SMS, mail and notices are written in. */
export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** By what the owner wants to hear of sign-ins. Of changes they hear by everything. */
export const NOTIFY_CHOICES = ['all', 'mail', 'sms'] as const;
export type NotifyChoice = (typeof NOTIFY_CHOICES)[number];

/** What an owner has chosen. */
export interface Preferences {
  readonly language?: Language;
  readonly notify?: NotifyChoice;
}

interface Writable {
  /** What the company's account system says. */
  readonly language?: Language;
  readonly preferences?: Preferences;
}

/** What an owner is written to in, if that is known: what they have chosen, before what the company says. */
export function ownerLanguage({ language, preferences }: Writable): Language | undefined {
  return preferences?.language ?? language;
}

/**
 * The language of an SMS. Carriers of mainland China take texts with a signature, which are Chinese; elsewhere it is the one that is
 * known to be read there.
 */
export function smsLanguage(phone: PhoneNumber, known: Language | undefined): Language {
  return isMainland(phone) ? 'zh-CN' : (known ?? 'en');
}

/** The languages of a mail to the owner of an account, the likelier one first: both if nobody has said which. */
export function mailLanguages(account: {
  readonly language?: Language | undefined;
  readonly phone?: PhoneNumber;
}): readonly Language[] {
  const { language, phone } = account;
  if (language !== undefined) return [language];
  return phone !== undefined && isMainland(phone) ? ['zh-CN', 'en'] : ['en', 'zh-CN'];
}
