import { type RefObject, useId } from 'react';
import { isFailureCode } from '../../../client/src/failure.ts';
import type { HistoryRow } from '../../../lib/contract/answers.ts';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import type { ParseDevice } from '../devices/load.ts';
import { deviceName } from '../devices/name.ts';
import { formatFullTime, formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { keyed } from './pages.ts';

export interface HistoryTableProps {
  readonly events: readonly HistoryRow[];
  readonly parseDevice: ParseDevice;
  readonly bodyRef: RefObject<HTMLTableSectionElement | null>;
}

/** Why something was refused, in the words of the dialog that refused it; a reason of tomorrow is told as a refusal. */
function Reason({ event }: { readonly event: HistoryRow }) {
  const { explain } = useWords();
  if (event.reason === null) return null;
  const code = isFailureCode(event.reason) ? event.reason : 'rejected';
  return <span className="history__reason">{explain(code, { provider: event.provider }).title}</span>;
}

function Row({ event, parseDevice }: { readonly event: HistoryRow; readonly parseDevice: ParseDevice }) {
  const { t, language, providerName } = useWords();
  const { type, provider, display, at, ip, device } = event;
  // What the company or its support has done came from no browser of the owner's.
  const isOwnBrowser = ip !== '*' || device !== '';
  return (
    <tr tabIndex={-1} data-event={type}>
      <th scope="row">
        <span className={`tag tag--${type}`}>{t(`event.${type}`)}</span>
        {event.isCurrent ? <span className="tag tag--current">{t('history.current')}</span> : null}
        <Reason event={event} />
        {event.action ? <span className="history__reason">{t(`operator.${event.action}`)}</span> : null}
      </th>
      <td data-label={t('history.identity')}>
        <span className="history__identity">
          {type === 'phone_changed' ? (
            <span>{t('account.phone')}</span>
          ) : (
            <>
              <ProviderIcon provider={provider} />
              <span className="visually-hidden">{providerName(provider)}</span>
            </>
          )}
          <span className="history__display">{display}</span>
        </span>
      </td>
      <td data-label={t('history.at')}>
        <time dateTime={at} title={formatFullTime(at, language)}>
          {formatTime(at, language)}
        </time>
      </td>
      <td data-label={t('history.ip')}>{isOwnBrowser ? ip : t('methods.nothing')}</td>
      <td data-label={t('history.device')}>
        {isOwnBrowser ? (
          <span title={device}>{deviceName(parseDevice(device), t)}</span>
        ) : (
          t('methods.nothing')
        )}
      </td>
    </tr>
  );
}

/** What happened, when, and from where; newest first. */
export function HistoryTable({ events, parseDevice, bodyRef }: HistoryTableProps) {
  const { t } = useWords();
  const labelId = useId();
  return (
    <table className="table history" aria-labelledby={labelId}>
      <caption id={labelId} className="visually-hidden">
        {t('history.title')}
      </caption>
      <thead>
        <tr>
          {(['type', 'identity', 'at', 'ip', 'device'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`history.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={bodyRef}>
        {keyed(events).map(([key, event]) => (
          <Row key={key} event={event} parseDevice={parseDevice} />
        ))}
      </tbody>
    </table>
  );
}
