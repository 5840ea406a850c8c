import { CATALOGUE } from '../../console/src/texts/catalogue.ts';
import { createTranslate, type Translate } from '../../console/src/texts/translate.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import type { Language } from '../../lib/linking/language.ts';

/** What the page says, for tests that live the same in both languages. */
export interface Words {
  readonly language: Language;
  readonly t: Translate;
  /** A provider's name within a sentence or a button. */
  readonly inline: (provider: Provider) => string;
}

export function wordsIn(language: Language): Words {
  const t = createTranslate(CATALOGUE[language].texts);
  return { language, t, inline: (provider) => t(`inline.${provider}`) };
}

export type { Language };
