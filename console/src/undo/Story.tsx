import type { UndoStory } from '../api/answers.ts';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import type { ParseDevice } from '../devices/load.ts';
import { deviceName } from '../devices/name.ts';
import { formatFullTime, formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

export interface StoryProps {
  readonly story: UndoStory;
  readonly parseDevice: ParseDevice;
}

/** What happened, by which method, when and from where: as much as the service tells, and no more. */
export function Story({ story, parseDevice }: StoryProps) {
  const { t, language, providerName, inlineName } = useWords();
  const { type, provider, display, at, ip, device } = story;
  return (
    <>
      <p className="undo__story">{t(`undo.${type}`, { provider: inlineName(provider) })}</p>
      <dl className="undo__facts">
        <div>
          <dt>{t('methods.provider')}</dt>
          <dd className="undo__identity">
            <ProviderIcon provider={provider} />
            {t('unlink.method', { provider: providerName(provider), display })}
          </dd>
        </div>
        <div>
          <dt>{t('history.at')}</dt>
          <dd>
            <time dateTime={at} title={formatFullTime(at, language)}>
              {formatTime(at, language)}
            </time>
          </dd>
        </div>
        {device ? (
          <div>
            <dt>{t('history.device')}</dt>
            <dd>{deviceName(parseDevice(device), t)}</dd>
          </div>
        ) : null}
        <div>
          <dt>{t('history.ip')}</dt>
          <dd>{ip}</dd>
        </div>
      </dl>
    </>
  );
}
