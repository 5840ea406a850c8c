import type { ServerClock } from '../../../client/src/clock.ts';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import type { WayRow } from './progress.ts';

export interface MethodStateProps {
  readonly method: WayRow;
  readonly clock: ServerClock;
}

/** How a method came to the account, and how far it is trusted: as much as its owner has to know of it. */
export function MethodState({ method, clock }: MethodStateProps) {
  const { provider, relation, state, stateUntil, mailStopped } = method;
  const { t, language } = useWords();
  const isOnProbation = useBefore(state === 'probation' ? stateUntil : null, clock);
  return (
    <span className="methods__state">
      <span className={`tag tag--${relation}`}>
        {t(provider === 'assertion' ? 'methods.own' : `methods.${relation}`)}
      </span>
      {isOnProbation && stateUntil ? (
        <>
          <span className="tag tag--probation">{t('methods.probation')}</span>
          <span className="methods__hint">
            {t('methods.probation_hint', { until: formatTime(stateUntil, language) })}
          </span>
        </>
      ) : null}
      {state === 'suspended' ? (
        <>
          <span className="tag tag--suspended">{t('methods.suspended')}</span>
          <span className="methods__hint">{t('methods.suspended_hint')}</span>
        </>
      ) : null}
      {mailStopped ? (
        <>
          <span className="tag tag--mail_stopped">{t('methods.mail_stopped')}</span>
          <span className="methods__hint">
            {t(`methods.mail_${mailStopped.reason}`, { at: formatTime(mailStopped.at, language) })}
          </span>
        </>
      ) : null}
    </span>
  );
}
