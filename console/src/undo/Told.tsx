import type { ServerClock } from '../../../client/src/clock.ts';
import { Notice } from '../components/Notice.tsx';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { Confirm } from './Confirm.tsx';
import { Confirmed } from './Confirmed.tsx';
import { leave } from './leave.ts';
import { nothingLeft } from './nothing-left.ts';
import { RestoreForm } from './RestoreForm.tsx';
import { Story } from './Story.tsx';
import type { ToldState, Undo } from './use-undo.ts';
import { viewOf } from './views.ts';

export interface ToldProps {
  readonly undo: Undo;
  readonly state: ToldState;
  readonly clock: ServerClock;
}

function Until({ expiresAt }: { readonly expiresAt: string }) {
  const { t, language } = useWords();
  return <p className="undo__hint">{t('undo.until', { until: formatTime(expiresAt, language) })}</p>;
}

/** A suspension, which is lifted here, or a freeze: nobody has to have said that something wasn't them. */
function Direct({ undo, state: { story, parseDevice }, clock }: ToldProps) {
  const { t, inlineName } = useWords();
  const provider = inlineName(story.provider);
  return (
    <>
      <Story story={story} parseDevice={parseDevice} />
      {nothingLeft(story) === 'gone' ? (
        <Notice theme="info" title={t('undo.nothing')}>
          {t('undo.nothing_gone', { provider })}
        </Notice>
      ) : (
        <p className="undo__why">{t(story.type === 'frozen' ? 'undo.frozen_why' : 'undo.suspended_why')}</p>
      )}
      <RestoreForm undo={undo} story={story} clock={clock} />
    </>
  );
}

/** Something that somebody did: its owner says first whether it was them. */
function Asked({ undo, state: { story, parseDevice }, clock }: ToldProps) {
  return (
    <>
      <Story story={story} parseDevice={parseDevice} />
      <Confirm story={story} confirming={undo.confirming} onConfirm={undo.confirm} onLeave={leave} />
      {story.type === 'cleared' ? <RestoreForm undo={undo} story={story} clock={clock} /> : null}
    </>
  );
}

/** What happened, and what can be done about it now. */
export function Told(props: ToldProps) {
  const { undo, state, clock } = props;
  const { story, parseDevice } = state;
  const view = viewOf(state);
  if (view !== 'asked' && view !== 'direct')
    return <Confirmed story={story} parseDevice={parseDevice} undo={undo} clock={clock} onSignIn={leave} />;
  return (
    <>
      {view === 'asked' ? <Asked {...props} /> : <Direct {...props} />}
      <Until expiresAt={story.expiresAt} />
    </>
  );
}
