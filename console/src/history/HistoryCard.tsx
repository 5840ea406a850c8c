import { useEffect, useRef } from 'react';
import { HistoryIcon } from 'tdesign-icons-react';
import { ActionButton } from '../components/ActionButton.tsx';
import { LoadFailed } from '../components/LoadFailed.tsx';
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

/** 最近活动: what was linked, unlinked and refused, and who signed in. Its failures leave the rest of the page alone. */
export function HistoryCard(options: HistoryOptions) {
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
      <h2 id="history-title" className="card__title">
        {t('history.title')}
      </h2>
      <p className="card__hint">{t('history.hint')}</p>
      <p className="visually-hidden" role="status">
        {status()}
      </p>
      {failure ? (
        <LoadFailed
          title={t(page ? 'history.stale' : 'history.failed')}
          failure={failure}
          retrying={loading}
          label={t('history.retry')}
          onRetry={history.reload}
        />
      ) : null}
      {list()}
      {older.failure ? (
        <LoadFailed
          title={t('history.more_failed')}
          failure={older.failure}
          retrying={older.running !== null}
          label={t('history.retry')}
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
