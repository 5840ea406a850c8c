import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { isWayIn } from '../../../lib/linking/identity.ts';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import type { Choice } from './restoration.ts';

export interface RestoredNoticeProps {
  readonly story: UndoStory;
  /** Null where it was restored at an earlier visit: then nobody knows what was chosen. */
  readonly restored: Choice | null;
}

/** That it was restored, and who can sign in since. */
export function RestoredNotice({ story, restored }: RestoredNoticeProps) {
  const { t, providerName } = useWords();
  const text = () => {
    if (restored === null) return t('undo.restored_earlier');
    if (isWayIn(restored)) return t('undo.restored_only', { provider: providerName(restored) });
    return t(`undo.restored_${restored}`, { provider: providerName(story.provider) });
  };
  return (
    <Notice theme="success" title={t('undo.restored')}>
      {text()}
    </Notice>
  );
}
