import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { CloseIcon } from 'tdesign-icons-react';
import { useWords } from '../texts/words.tsx';
import { swallowSecondClick } from './second-click.ts';

export interface ModalProps {
  readonly title: string;
  /** By the close button or Escape, also while something is under way; never by a click outside. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog in TDesign's looks over the browser's own `dialog`, which makes the rest of the page inert, keeps the
 * focus inside and is announced by its name.
 */
export function Modal({ title, onClose, children }: ModalProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    element.querySelector<HTMLElement>('[data-focus-first]')?.focus();
    return () => element.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="modal"
      aria-labelledby={titleId}
      onClickCapture={swallowSecondClick}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Browsers close on a second Escape whatever `cancel` says.
      onClose={onClose}
    >
      <div className="modal__header">
        <h2 id={titleId} className="modal__title">
          {title}
        </h2>
        <button type="button" className="icon-button" aria-label={t('dialog.close')} onClick={onClose}>
          <CloseIcon aria-hidden />
        </button>
      </div>
      {children}
    </dialog>
  );
}

export function ModalFooter({ children }: { readonly children: ReactNode }) {
  return <div className="modal__footer">{children}</div>;
}
