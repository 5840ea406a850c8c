import { type FocusEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { ChevronDownIcon, UserCircleIcon } from 'tdesign-icons-react';
import { Loading } from 'tdesign-react/es/loading';
import { useWords } from '../texts/words.tsx';
import type { Block } from './ActionButton.tsx';

export interface AccountMenuProps {
  readonly name: string;
  readonly accountId: string;
  /** Signing out takes its time. */
  readonly signingOut: boolean;
  readonly onAccount: () => void;
  readonly onSignOut: () => void;
  readonly onSignOutEverywhere: () => void;
  /** Why it can't be signed out everywhere. */
  readonly everywhereBlockedBy: Block | undefined;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** The menu under the account's name (WAI-ARIA menu button pattern). */
export function AccountMenu(props: AccountMenuProps) {
  const { name, accountId, signingOut, onAccount, onSignOut, onSignOutEverywhere, everywhereBlockedBy } =
    props;
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const menuId = useId();

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const closeOutside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    return () => document.removeEventListener('pointerdown', closeOutside);
  }, [open]);

  const choose = (action: () => void) => () => {
    setOpen(false);
    button.current?.focus();
    action();
  };

  const move = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      setOpen(false);
      button.current?.focus();
    }
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (!open) return setOpen(true);
    const items = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const next = items.indexOf(document.activeElement as HTMLElement) + step;
    items[(next + items.length) % items.length]?.focus();
  };

  const leave = (event: FocusEvent) => {
    if (!root.current?.contains(event.relatedTarget)) setOpen(false);
  };

  return (
    <div ref={root} className="account-menu">
      <button
        ref={button}
        type="button"
        className="account-menu__button"
        aria-label={t('header.account_menu', { name })}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={menuId}
        aria-busy={signingOut}
        onClick={() => setOpen(!open)}
        onKeyDown={move}
      >
        {signingOut ? <Loading size="18px" /> : <UserCircleIcon aria-hidden />}
        <span className="account-menu__name">{name}</span>
        <ChevronDownIcon aria-hidden />
      </button>
      <span className="visually-hidden" role="status">
        {signingOut ? t('header.signing_out') : ''}
      </span>
      <div
        id={menuId}
        role="menu"
        className="account-menu__list"
        hidden={!open}
        onKeyDown={move}
        onBlur={leave}
      >
        <p role="none" className="account-menu__who">
          <strong>{name}</strong>
          <span>{t('header.id', { id: accountId })}</span>
        </p>
        <button type="button" role="menuitem" tabIndex={-1} onClick={choose(onAccount)}>
          {t('header.account')}
        </button>
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          {...(everywhereBlockedBy
            ? {
                // It can be read, as menus have it, and not be chosen.
                'aria-disabled': true,
                'aria-describedby': everywhereBlockedBy.id,
                title: everywhereBlockedBy.reason,
              }
            : { onClick: choose(onSignOutEverywhere) })}
        >
          {t('header.sign_out_everywhere')}
        </button>
        <button type="button" role="menuitem" tabIndex={-1} onClick={choose(onSignOut)}>
          {t('header.sign_out')}
        </button>
      </div>
    </div>
  );
}
