import type { WayIn } from '../../../lib/linking/identity.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { useWords } from '../texts/words.tsx';

export interface KeepOnlyHintProps {
  /** What this session was opened by. */
  readonly provider: WayIn;
  readonly blockedBy: Block | undefined;
  readonly onKeepOnly: () => void;
}

/** For somebody who doesn't know which of the other ways in is somebody else's. */
export function KeepOnlyHint({ provider, blockedBy, onKeepOnly }: KeepOnlyHintProps) {
  const { t, inlineName } = useWords();
  const name = inlineName(provider);
  return (
    <div className="notices__only">
      <p>{t('notices.only', { provider: name })}</p>
      <ActionButton
        look="outline"
        onClick={onKeepOnly}
        blockedBy={blockedBy}
        label={t('methods.only_label', { provider: name })}
      >
        {t('methods.only')}
      </ActionButton>
    </div>
  );
}
