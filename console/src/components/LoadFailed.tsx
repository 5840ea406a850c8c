import type { Failure } from '../../../client/src/failure.ts';
import { useWords } from '../texts/words.tsx';
import { ActionButton } from './ActionButton.tsx';
import { Notice } from './Notice.tsx';

export interface LoadFailedProps {
  readonly title: string;
  readonly failure: Failure;
  readonly retrying: boolean;
  /** What the button says out of its place. */
  readonly label: string;
  readonly onRetry: () => void;
}

/** A part of the page can't be loaded: why, and another try. */
export function LoadFailed({ title, failure, retrying, label, onRetry }: LoadFailedProps) {
  const { t, explain } = useWords();
  return (
    <div className="load-failed">
      <Notice theme="error" title={title}>
        {explain(failure).next}
      </Notice>
      <ActionButton look="outline" onClick={onRetry} disabled={retrying} slow={retrying} label={label}>
        {t('account.retry')}
      </ActionButton>
    </div>
  );
}
