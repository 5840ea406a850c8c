import type { PreferencesAnswer } from '../../../lib/contract/answers.ts';
import { LANGUAGES, NOTIFY_CHOICES } from '../../../lib/linking/language.ts';

/** Preferences as one word, such as `en/mail`, to be remembered in this tab and compared; nothing before the stroke where no language is set. */
export function formatPreferences({ language, notify }: PreferencesAnswer): string {
  return `${language ?? ''}/${notify}`;
}

/** @returns null if it is none */
export function parsePreferences(word: string | null): PreferencesAnswer | null {
  const [first, second] = word?.split('/') ?? [];
  const language = LANGUAGES.find((one) => one === first) ?? null;
  const notify = NOTIFY_CHOICES.find((one) => one === second);
  return notify === undefined || (language === null && first !== '') ? null : { language, notify };
}
