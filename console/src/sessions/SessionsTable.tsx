import type { RefObject } from 'react';
import type { SessionRow } from '../../../lib/contract/answers.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import type { ParseDevice } from '../devices/load.ts';
import { deviceName } from '../devices/name.ts';
import { formatFullTime, formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

export interface SessionsTableProps {
  readonly rows: readonly SessionRow[];
  readonly parseDevice: ParseDevice;
  readonly bodyRef: RefObject<HTMLTableSectionElement | null>;
  /** The id of the session that is being ended. */
  readonly ending: string | null;
  readonly slow: boolean;
  readonly onEnd: (row: SessionRow) => void;
  /** Why this session can end no other. */
  readonly blockedBy: Block | undefined;
}

function Moment({ at }: { readonly at: string }) {
  const { language } = useWords();
  return (
    <time dateTime={at} title={formatFullTime(at, language)}>
      {formatTime(at, language)}
    </time>
  );
}

function Row({ row, ...props }: SessionsTableProps & { readonly row: SessionRow }) {
  const { t, language, providerName } = useWords();
  const { id, openedBy, device, ip, since, lastSeenAt, current } = row;
  const name = deviceName(props.parseDevice(device), t);
  return (
    <tr data-session={id} data-current={current}>
      <th scope="row">
        <span title={device}>{name}</span>{' '}
        {current ? <span className="tag tag--current">{t('sessions.current')}</span> : null}
      </th>
      <td data-label={t('sessions.opened_by')}>
        <span className="history__identity">
          <ProviderIcon provider={openedBy} />
          {providerName(openedBy)}
        </span>
      </td>
      <td data-label={t('history.ip')}>{ip}</td>
      <td data-label={t('sessions.since')}>
        <Moment at={since} />
      </td>
      <td data-label={t('sessions.last_seen')}>
        <Moment at={lastSeenAt} />
      </td>
      <td className="methods__actions">
        <ActionButton
          look="text"
          label={t('sessions.end_label', { device: name, since: formatTime(since, language) })}
          onClick={() => props.onEnd(row)}
          disabled={props.ending !== null}
          slow={props.slow && props.ending === id}
          blockedBy={current ? undefined : props.blockedBy}
        >
          {t('header.sign_out')}
        </ActionButton>
      </td>
    </tr>
  );
}

/** A row for each device that is signed in: what it is, how and when it signed in, from where, and signing it out. */
export function SessionsTable(props: SessionsTableProps) {
  const { t } = useWords();
  return (
    <table className="table sessions" aria-label={t('sessions.title')}>
      <thead>
        <tr>
          <th scope="col">{t('history.device')}</th>
          <th scope="col">{t('sessions.opened_by')}</th>
          <th scope="col">{t('history.ip')}</th>
          <th scope="col">{t('sessions.since')}</th>
          <th scope="col">{t('sessions.last_seen')}</th>
          <th scope="col">{t('methods.actions')}</th>
        </tr>
      </thead>
      <tbody ref={props.bodyRef}>
        {props.rows.map((row) => (
          <Row key={row.id} row={row} {...props} />
        ))}
      </tbody>
    </table>
  );
}
