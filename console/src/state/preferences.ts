import { useCallback, useEffect, useState } from 'react';
import { LANGUAGES, type Language } from '../../../lib/linking/language.ts';
import { appearanceSlot, languageSlot } from './memory.ts';

function chosenLanguage(): Language | undefined {
  const chosen = languageSlot.get();
  return LANGUAGES.find((language) => language === chosen);
}

export interface LanguagePreference {
  readonly language: Language;
  /** The customer's choice, kept for the next visit. */
  readonly choose: (language: Language) => void;
  /** What a message that led here was written in; it counts until the customer chooses. */
  readonly suggest: (language: Language) => void;
}

/**
 * The language of the page, told to the document: what was chosen in this browser, else what the browser asks for. `public/boot.js` has
 * found that out before anything was painted.
 */
export function useLanguage(): LanguagePreference {
  const [language, setLanguage] = useState<Language>(() =>
    document.documentElement.lang === 'en' ? 'en' : 'zh-CN',
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((chosen: Language) => {
    languageSlot.set(chosen);
    setLanguage(chosen);
  }, []);
  const suggest = useCallback((suggested: Language) => setLanguage(chosenLanguage() ?? suggested), []);
  return { language, choose, suggest };
}

const DARK = '(prefers-color-scheme: dark)';

/** TDesign's dark tokens: the system's choice, until this browser has made its own. */
export function useDark(): readonly [boolean, () => void] {
  const [dark, setDark] = useState(() => {
    const chosen = appearanceSlot.get();
    return chosen === null ? window.matchMedia(DARK).matches : chosen === 'dark';
  });
  useEffect(() => {
    document.documentElement.setAttribute('theme-mode', dark ? 'dark' : 'light');
  }, [dark]);
  const toggle = useCallback(() => {
    setDark((current) => {
      appearanceSlot.set(current ? 'light' : 'dark');
      return !current;
    });
  }, []);
  return [dark, toggle];
}
