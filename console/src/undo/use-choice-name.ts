import { isWayIn, type WayIn } from '../../../lib/linking/identity.ts';
import { useWords } from '../texts/words.tsx';
import type { Choice } from './restoration.ts';

/** @param about the way in of what happened */
export function useChoiceName(about: WayIn): (choice: Choice) => string {
  const { t, inlineName } = useWords();
  return (choice) => {
    if (isWayIn(choice)) return t('undo.keep', { provider: inlineName(choice) });
    return t(`undo.${choice}`, { provider: inlineName(about) });
  };
}
