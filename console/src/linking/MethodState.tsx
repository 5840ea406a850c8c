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
export function MethodState({ method: { provider, relation, state, stateUntil }, clock }: MethodStateProps) {
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
    </span>
  );
}
