import { useEffect, useRef, useState } from 'react';
import type { SessionRow } from '../../../lib/contract/answers.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { LoadFailed } from '../components/LoadFailed.tsx';
import { Notice } from '../components/Notice.tsx';
import { useDeviceParser } from '../devices/use-parser.ts';
import { useWords } from '../texts/words.tsx';
import { SessionsSkeleton } from './SessionsSkeleton.tsx';
import { SessionsTable } from './SessionsTable.tsx';
import { type SessionsOptions, useSessions } from './use-sessions.ts';

export interface SessionsCardProps extends SessionsOptions {
  /** Ends this very session. */
  readonly onSignOut: () => void;
  readonly onSignOutEverywhere: () => void;
  /** Why this session can end no other. */
  readonly blockedBy: Block | undefined;
}

/** More are shown when they are asked for. */
const SHOWN_AT_FIRST = 5;

/** This session first, whenever it was opened: it is what the others are told apart from. */
function ownFirst(rows: readonly SessionRow[]): readonly SessionRow[] {
  return [...rows.filter(({ current }) => current), ...rows.filter(({ current }) => !current)];
}

/** 登录的设备: where the account is signed in, and signing out one device or all. Its failures leave the rest of the page alone. */
export function SessionsCard({ onSignOut, onSignOutEverywhere, blockedBy, ...options }: SessionsCardProps) {
  const { t, explain } = useWords();
  const sessions = useSessions(options);
  const parseDevice = useDeviceParser();
  const { failure, loading, ending } = sessions;
  const [all, setAll] = useState(false);
  const [ended, setEnded] = useState(0);
  const rows = sessions.rows && ownFirst(sessions.rows);
  const shown = rows && (all ? rows : rows.slice(0, SHOWN_AT_FIRST));

  // The row that was pressed is gone, and the focus with it: it goes to the row in its place, else to the heading.
  const title = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const place = useRef(0);
  useEffect(() => {
    if (ended === 0) return;
    const row = body.current?.rows[Math.min(place.current, body.current.rows.length - 1)];
    (row?.querySelector<HTMLElement>('button:enabled') ?? title.current)?.focus();
  }, [ended]);

  const end = async (row: SessionRow) => {
    if (row.current) return onSignOut();
    place.current = shown?.indexOf(row) ?? 0;
    if (await sessions.end(row.id)) setEnded((count) => count + 1);
  };

  const status = () => {
    if (!rows) return loading ? t('sessions.loading') : '';
    return ended === 0 ? '' : t('sessions.ended', { count: rows.length });
  };

  const list = () => {
    if (!rows || !shown || !parseDevice) return failure ? null : <SessionsSkeleton />;
    return (
      <SessionsTable
        rows={shown}
        parseDevice={parseDevice}
        bodyRef={body}
        ending={ending.running}
        slow={ending.slow}
        onEnd={(row) => void end(row)}
        blockedBy={blockedBy}
      />
    );
  };

  return (
    <section className="card" aria-labelledby="sessions-title" aria-busy={loading}>
      <div className="card__head">
        <h2 id="sessions-title" ref={title} tabIndex={-1} className="card__title">
          {t('sessions.title')}
        </h2>
        <ActionButton size="small" look="outline" onClick={onSignOutEverywhere} blockedBy={blockedBy}>
          {t('header.sign_out_everywhere')}
        </ActionButton>
      </div>
      <p className="card__hint">{t('sessions.hint')}</p>
      <p className="visually-hidden" role="status">
        {status()}
      </p>
      {failure ? (
        <LoadFailed
          title={t(rows ? 'sessions.stale' : 'sessions.failed')}
          failure={failure}
          retrying={loading}
          label={t('sessions.retry')}
          onRetry={sessions.reload}
        />
      ) : null}
      {ending.failure ? (
        <Notice theme="error" title={explain(ending.failure, { context: 'session' }).title}>
          {explain(ending.failure, { context: 'session' }).next}
        </Notice>
      ) : null}
      {list()}
      {rows && shown && shown.length < rows.length ? (
        <div className="history__more">
          <ActionButton look="outline" onClick={() => setAll(true)}>
            {t('notices.all', { count: rows.length })}
          </ActionButton>
        </div>
      ) : null}
    </section>
  );
}
