import { useCallback, useEffect, useState } from 'react';
import { LANGUAGES, type Language } from '../../../lib/linking/language.ts';
import { appearanceSlot, languageSlot } from './memory.ts';

/** Chinese unless this browser has chosen otherwise. */
export function initialLanguage(): Language {
  const chosen = languageSlot.get();
  return LANGUAGES.find((language) => language === chosen) ?? 'zh-CN';
}

/** The language of the page, kept for the next visit and told to the document. */
export function useLanguage(): readonly [Language, (language: Language) => void] {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((chosen: Language) => {
    languageSlot.set(chosen);
    setLanguage(chosen);
  }, []);
  return [language, choose];
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
