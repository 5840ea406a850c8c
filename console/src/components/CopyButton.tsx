import { useEffect, useState } from 'react';
import { useWords } from '../texts/words.tsx';
import { ActionButton } from './ActionButton.tsx';

const TOLD_MILLIS = 3_000;

/** Copies a text, and says that it did. Where a browser refuses, the text is shown to be copied by hand. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useWords();
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = setTimeout(() => setOutcome(null), TOLD_MILLIS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <span className="copy">
      <ActionButton look="text" size="small" onClick={() => void copy()}>
        {label}
      </ActionButton>
      <span role="status">{outcome === 'copied' ? t('copy.copied') : ''}</span>
      {outcome === 'refused' ? <code className="copy__text">{text}</code> : null}
    </span>
  );
}
