import type { NoticeRow } from '../../../lib/contract/answers.ts';
import type { ParseDevice } from '../devices/load.ts';
import { deviceName } from '../devices/name.ts';
import { formatFullTime, formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { ProviderIcon } from './ProviderIcon.tsx';

export interface FactsProps {
  readonly of: Omit<NoticeRow, 'id'>;
  /** Null until it is loaded: the device is named then. */
  readonly parseDevice: ParseDevice | null;
}

/** By which method something happened, when and from where: as much as the service tells, and no more. */
export function Facts({ of, parseDevice }: FactsProps) {
  const { t, language, providerName } = useWords();
  const { type, byOperator, provider, display, at, ip, device } = of;
  const time = (
    <div>
      <dt>{t('history.at')}</dt>
      <dd>
        <time dateTime={at} title={formatFullTime(at, language)}>
          {formatTime(at, language)}
        </time>
      </dd>
    </div>
  );
  // The company has changed it: by no method, and from nowhere that we know of.
  if (type === 'phone_changed')
    return (
      <dl className="told-facts">
        <div>
          <dt>{t('account.phone')}</dt>
          <dd>{display}</dd>
        </div>
        {time}
      </dl>
    );
  return (
    <dl className="told-facts">
      <div>
        <dt>{t('methods.provider')}</dt>
        <dd className="told-facts__identity">
          <ProviderIcon provider={provider} />
          {t('unlink.method', { provider: providerName(provider), display })}
        </dd>
      </div>
      {time}
      {byOperator ? null : (
        <>
          {device ? (
            <div>
              <dt>{t('history.device')}</dt>
              <dd>{parseDevice ? deviceName(parseDevice(device), t) : null}</dd>
            </div>
          ) : null}
          <div>
            <dt>{t('history.ip')}</dt>
            <dd>{ip}</dd>
          </div>
        </>
      )}
    </dl>
  );
}
