import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../texts/words.tsx';
import type { View } from './views.ts';

const TITLES = {
  loading: 'undo.title',
  failed: 'undo.title',
  gone: 'undo.gone',
  unopened: 'undo.unopened',
  asked: 'undo.title',
  direct: 'undo.title_direct',
  confirmed: 'undo.protected',
  restored: 'undo.protected',
} as const;

export interface CardProps {
  readonly view: View;
  /** What was pressed before is gone: the focus begins here. */
  readonly takesFocus?: boolean;
  readonly children: ReactNode;
}

/** The one card of the page. What was pressed is gone with the view before: the focus goes to where the new one begins. */
export function Card({ view, takesFocus = false, children }: CardProps) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(takesFocus ? null : view);
  useEffect(() => {
    if (shown.current !== view && shown.current !== 'loading') heading.current?.focus();
    shown.current = view;
  }, [view]);
  return (
    <div className="undo">
      <section className="card" aria-labelledby="undo-title" aria-busy={view === 'loading'} data-view={view}>
        <h1 id="undo-title" ref={heading} tabIndex={-1} className="undo__title">
          {t(TITLES[view])}
        </h1>
        {children}
      </section>
    </div>
  );
}
