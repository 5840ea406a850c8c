import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import type { Probation } from './use-probation.ts';

/** Why a session can change nothing, and what helps. All buttons that can't be pressed for it refer to this. */
export function ProbationNotice({ probation }: { readonly probation: Probation }) {
  const { t, inlineName } = useWords();
  return (
    <div id={probation.id} className="probation">
      <Notice theme="warning" title={probation.reason}>
        {t('probation.why', { provider: inlineName(probation.provider) })}
      </Notice>
    </div>
  );
}
