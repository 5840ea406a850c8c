import { useId } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import type { Block } from '../components/ActionButton.tsx';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { findProbation } from './probation.ts';

/** What keeps a session from changing anything. */
export interface Probation extends Block {
  /** The method that the session was opened by. */
  readonly provider: WayIn;
}

/** Why this session can change nothing; undefined if it can. */
export function useProbation(account: AccountAnswer | null, clock: ServerClock): Probation | undefined {
  const { t, language } = useWords();
  const id = useId();
  const probation = account && findProbation(account);
  const isOn = useBefore(probation?.until ?? null, clock);
  if (!probation || !isOn) return undefined;
  const { provider, until } = probation;
  return { id, provider, reason: t('probation.title', { until: formatTime(until, language) }) };
}
