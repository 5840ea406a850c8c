import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

/** Until when the account is frozen, in the reader's words; null where it is not. */
export function useFrozenUntil({ frozenUntil }: AccountAnswer, clock: ServerClock): string | null {
  const { language } = useWords();
  const isFrozen = useBefore(frozenUntil, clock);
  return isFrozen && frozenUntil ? formatTime(frozenUntil, language) : null;
}
