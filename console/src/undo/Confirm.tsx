import type { Failure } from '../api/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import type { Task } from '../state/use-task.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { Story, type StoryProps } from './Story.tsx';

export interface ConfirmProps extends StoryProps {
  readonly confirming: Task<'confirm'>;
  readonly onConfirm: () => void;
  readonly onLeave: () => void;
}

function Refusal({ failure }: { readonly failure: Failure }) {
  const { explain } = useWords();
  const text = explain(failure, { context: 'undo' });
  return (
    <Notice theme="error" title={text.title}>
      {text.next}
    </Notice>
  );
}

/** Before anything is done: what happened, what confirming will do, and that nothing happens without it. */
export function Confirm({ story, parseDevice, confirming, onConfirm, onLeave }: ConfirmProps) {
  const { t, language, inlineName } = useWords();
  const provider = inlineName(story.provider);
  const busy = confirming.running !== null;
  return (
    <>
      <Story story={story} parseDevice={parseDevice} />
      <Notice theme="warning" title={t('undo.will')}>
        <ul className="notice__list">
          <li>{t('undo.will_sign_out')}</li>
          <li>{t('undo.will_freeze')}</li>
          {story.restore ? <li>{t(`undo.will_${story.restore}`, { provider })}</li> : null}
        </ul>
      </Notice>
      {confirming.failure ? <Refusal failure={confirming.failure} /> : null}
      <div className="undo__actions">
        <ActionButton
          look="danger"
          size="large"
          onClick={onConfirm}
          disabled={busy}
          slow={busy && confirming.slow}
        >
          {t('undo.confirm')}
        </ActionButton>
        <ActionButton look="outline" size="large" onClick={onLeave} disabled={busy}>
          {t('undo.leave')}
        </ActionButton>
      </div>
      <p className="undo__hint">{t('undo.harmless')}</p>
      <p className="undo__hint">{t('undo.until', { until: formatTime(story.expiresAt, language) })}</p>
    </>
  );
}
