import type { ReactNode } from 'react';
import { CloudIcon, MoonIcon, SunnyIcon } from 'tdesign-icons-react';
import { useWords } from '../texts/words.tsx';

export interface ShellProps {
  readonly dark: boolean;
  readonly onToggleDark: () => void;
  readonly onToggleLanguage: () => void;
  /** At the right end of the header: the account menu, where somebody is signed in. */
  readonly menu?: ReactNode;
  readonly children: ReactNode;
}

/** The console around every page: the product's name, language, appearance and account menu. */
export function Shell({ dark, onToggleDark, onToggleLanguage, menu, children }: ShellProps) {
  const { t, language, brandName } = useWords();
  const AppearanceIcon = dark ? SunnyIcon : MoonIcon;
  return (
    <>
      <a className="skip-link" href="#main">
        {t('header.skip')}
      </a>
      <header className="header">
        <a className="header__brand" href="/">
          <CloudIcon className="header__logo" aria-hidden />
          <span className="header__name">{brandName}</span>
        </a>
        <div className="header__tools">
          <button
            type="button"
            className="text-button"
            lang={language === 'en' ? 'zh-CN' : 'en'}
            onClick={onToggleLanguage}
          >
            {t('header.language')}
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t(dark ? 'header.light' : 'header.dark')}
            onClick={onToggleDark}
          >
            <AppearanceIcon aria-hidden />
          </button>
          {menu}
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
