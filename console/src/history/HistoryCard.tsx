import { useEffect, useRef } from 'react';
import { HistoryIcon } from 'tdesign-icons-react';
import type { Failure } from '../api/failure.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { HistorySkeleton } from './HistorySkeleton.tsx';
import { HistoryTable } from './HistoryTable.tsx';
import { type HistoryOptions, useHistory } from './use-history.ts';

function Empty() {
  const { t } = useWords();
  return (
    <div className="history__empty">
      <HistoryIcon aria-hidden />
      <p>{t('history.empty')}</p>
    </div>
  );
}

interface FailedProps {
  readonly title: string;
  readonly failure: Failure;
  readonly retrying: boolean;
  readonly onRetry: () => void;
}

function Failed({ title, failure, retrying, onRetry }: FailedProps) {
  const { t, explain } = useWords();
  return (
    <div className="history__failed">
      <Notice theme="error" title={title}>
        {explain(failure).next}
      </Notice>
      <ActionButton
        look="outline"
        onClick={onRetry}
        disabled={retrying}
        slow={retrying}
        label={t('history.retry')}
      >
        {t('account.retry')}
      </ActionButton>
    </div>
  );
}

/** 最近活动: what was linked, unlinked and refused, and who signed in. Its failures leave the rest of the page alone. */
interface HistoryCardProps extends HistoryOptions {
  readonly onSignOutEverywhere: () => void;
  /** Why this session can't sign out everywhere. */
  readonly blockedBy: Block | undefined;
}

export function HistoryCard({ onSignOutEverywhere, blockedBy, ...options }: HistoryCardProps) {
  const { t } = useWords();
  const history = useHistory(options);
  const { page, parseDevice, failure, loading, older } = history;
  const rows = useRef<HTMLTableSectionElement>(null);

  // After "load more" the focus goes to the first event that is new: the button may be gone, and the list goes on there.
  const shown = useRef<number | null>(null);
  const count = page?.events.length ?? 0;
  useEffect(() => {
    if (shown.current === null || count <= shown.current) return;
    (rows.current?.rows[shown.current] as HTMLElement | undefined)?.focus();
    shown.current = null;
  }, [count]);
  const more = () => {
    shown.current = count;
    history.more();
  };

  const status = () => {
    if (!page) return loading ? t('history.loading') : '';
    return count === 0 ? '' : t('history.loaded', { count });
  };

  const list = () => {
    if (!page || !parseDevice) return failure ? null : <HistorySkeleton />;
    if (count === 0) return <Empty />;
    return <HistoryTable events={page.events} parseDevice={parseDevice} bodyRef={rows} />;
  };

  return (
    <section className="card" aria-labelledby="history-title" aria-busy={loading}>
      <div className="card__head">
        <h2 id="history-title" className="card__title">
          {t('history.title')}
        </h2>
        <ActionButton size="small" look="outline" onClick={onSignOutEverywhere} blockedBy={blockedBy}>
          {t('header.sign_out_everywhere')}
        </ActionButton>
      </div>
      <p className="card__hint">{t('history.hint')}</p>
      <p className="visually-hidden" role="status">
        {status()}
      </p>
      {failure ? (
        <Failed
          title={t(page ? 'history.stale' : 'history.failed')}
          failure={failure}
          retrying={loading}
          onRetry={history.reload}
        />
      ) : null}
      {list()}
      {older.failure ? (
        <Failed
          title={t('history.more_failed')}
          failure={older.failure}
          retrying={older.running !== null}
          onRetry={more}
        />
      ) : page?.next ? (
        <div className="history__more">
          <ActionButton look="outline" onClick={more} disabled={older.running !== null} slow={older.slow}>
            {t('history.more')}
          </ActionButton>
        </div>
      ) : null}
    </section>
  );
}
