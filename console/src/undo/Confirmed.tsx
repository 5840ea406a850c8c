import type { ServerClock } from '../../../client/src/clock.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { nothingLeft } from './nothing-left.ts';
import { RestoredNotice } from './RestoredNotice.tsx';
import { RestoreForm } from './RestoreForm.tsx';
import { restoreChoices } from './restoration.ts';
import { Story, type StoryProps } from './Story.tsx';
import type { Undo } from './use-undo.ts';

export interface ConfirmedProps extends StoryProps {
  readonly undo: Undo;
  readonly clock: ServerClock;
  readonly onSignIn: () => void;
}

/** After it was confirmed: what is done already, what was before and can come back, and what to do next. */
export function Confirmed({ story, parseDevice, undo, clock, onSignIn }: ConfirmedProps) {
  const { t, language, inlineName } = useWords();
  const { confirmedAt, restoredAt, frozenUntil, provider } = story;
  const frozen = useBefore(frozenUntil, clock);
  const nothing = nothingLeft(story);
  const earlier = confirmedAt !== null && !undo.justConfirmed && undo.restored === null;
  // A link that has kept one method alone can keep another, but nobody is asked again at once.
  const canRestore = undo.restored === null && restoreChoices(story).length > 0;
  return (
    <>
      <Notice
        theme="success"
        title={earlier ? t('undo.earlier', { at: formatTime(confirmedAt, language) }) : t('undo.signed_out')}
      >
        {earlier ? <p>{t('undo.earlier_text')}</p> : null}
        {frozen && frozenUntil ? (
          <p>{t('undo.frozen', { until: formatTime(frozenUntil, language) })}</p>
        ) : null}
      </Notice>
      {restoredAt ? <RestoredNotice story={story} restored={undo.restored} /> : null}
      <Story story={story} parseDevice={parseDevice} />
      {nothing ? (
        <Notice theme="info" title={t('undo.nothing')}>
          {t(`undo.nothing_${nothing}`, { provider: inlineName(provider) })}
        </Notice>
      ) : null}
      {canRestore ? <RestoreForm undo={undo} story={story} clock={clock} /> : null}
      <section className="undo__next" aria-labelledby="next-title">
        <h2 id="next-title" className="card__title">
          {t('undo.next')}
        </h2>
        <p className="card__hint">{t('undo.next_text')}</p>
        <ActionButton look={canRestore ? 'outline' : 'primary'} onClick={onSignIn}>
          {t('undo.sign_in')}
        </ActionButton>
      </section>
    </>
  );
}
