import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { PhoneCodeFields } from '../linking/PhoneCodeFields.tsx';
import { useCodeForm } from '../linking/use-code-form.ts';
import { useWords } from '../texts/words.tsx';
import { isSettled } from './conflicts.ts';
import { RestoreChoice } from './RestoreChoice.tsx';
import { firstChoice, restoreChoices } from './restoration.ts';
import { useChoiceName } from './use-choice-name.ts';
import type { Undo } from './use-undo.ts';

export interface RestoreFormProps {
  readonly undo: Undo;
  readonly story: UndoStory;
  readonly clock: ServerClock;
}

/** What restoring does to those who are signed in, as long as nobody has said "this wasn't me". */
function Effects() {
  const { t } = useWords();
  return (
    <Notice theme="warning" title={t('undo.restoring_will')}>
      <ul className="notice__list">
        <li>{t('undo.will_sign_out')}</li>
        <li>{t('undo.will_freeze')}</li>
      </ul>
    </Notice>
  );
}

/** What was before comes back after an identity check: the link alone may be in the hands of an attacker. */
export function RestoreForm({ undo, story, clock }: RestoreFormProps) {
  const { t, explain } = useWords();
  const nameOf = useChoiceName(story.provider);
  const { provider } = story;
  const form = useCodeForm(undo.waiting, clock);
  const choices = restoreChoices(story);
  const [picked, setPicked] = useState(() => firstChoice(story));
  // What can be chosen may be another thing by now.
  const choice = picked !== null && choices.includes(picked) ? picked : null;
  const [missing, setMissing] = useState(false);
  const { running, slow, failure } = form.task;
  const settled = failure && isSettled(failure.code) ? explain(failure, { context: 'undo', provider }) : null;

  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (settled) end.current?.focus();
  }, [settled]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(choice === null);
    if (choice !== null) form.submit(() => undo.restore(form.code, choice));
  };

  const title = t(story.restore ? 'undo.restore' : 'undo.keep_one');
  return (
    <section className="undo__restore" aria-labelledby="restore-title">
      <h2 id="restore-title" className="card__title">
        {title}
      </h2>
      {settled ? (
        <div ref={end} tabIndex={-1}>
          <Notice theme="error" title={settled.title}>
            {settled.next}
          </Notice>
        </div>
      ) : (
        <form onSubmit={submit} noValidate className="stacked-form">
          {story.confirmedAt === null ? <Effects /> : null}
          <RestoreChoice
            story={story}
            choices={choices}
            chosen={choice}
            onChoose={(chosen) => {
              setPicked(chosen);
              setMissing(false);
            }}
            missing={missing}
          />
          <p className="card__hint">{t('undo.why_code')}</p>
          <PhoneCodeFields
            form={form}
            clock={clock}
            phone={undo.waiting?.sentTo ?? t('undo.phone')}
            waiting={undo.waiting}
            context="undo"
            provider={provider}
            attemptsLeft={null}
            hint={null}
            onSend={() => form.send(undo.sendCode)}
          />
          <ActionButton
            type="submit"
            look="primary"
            size="large"
            disabled={running !== null}
            slow={slow && running === 'submit'}
          >
            {choice === null ? title : nameOf(choice)}
          </ActionButton>
        </form>
      )}
    </section>
  );
}
