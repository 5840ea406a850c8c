import { type FormEvent, useEffect, useRef } from 'react';
import type { UndoStory } from '../api/answers.ts';
import type { ServerClock } from '../api/clock.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { PhoneCodeFields } from '../linking/PhoneCodeFields.tsx';
import { useCodeForm } from '../linking/use-code-form.ts';
import { useWords } from '../texts/words.tsx';
import { isSettled } from './conflicts.ts';
import type { Undo } from './use-undo.ts';

export interface RestoreFormProps {
  readonly undo: Undo;
  readonly story: UndoStory;
  readonly way: NonNullable<UndoStory['restore']>;
  readonly clock: ServerClock;
}

/** What was before comes back after an identity check: the link alone may be in the hands of an attacker. */
export function RestoreForm({ undo, story, way, clock }: RestoreFormProps) {
  const { t, inlineName, explain } = useWords();
  const { provider } = story;
  const form = useCodeForm(undo.waiting, clock);
  const { running, slow, failure } = form.task;
  const settled = failure && isSettled(failure.code) ? failure : null;
  const name = inlineName(provider);

  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (settled) end.current?.focus();
  }, [settled]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit(() => undo.restore(form.code));
  };

  return (
    <section className="undo__restore" aria-labelledby="restore-title">
      <h2 id="restore-title" className="card__title">
        {t(`undo.restore_${way}`, { provider: name })}
      </h2>
      {settled ? (
        <div ref={end} tabIndex={-1}>
          <Notice theme="error" title={explain(settled, { context: 'undo', provider }).title}>
            {explain(settled, { context: 'undo', provider }).next}
          </Notice>
        </div>
      ) : (
        <form onSubmit={submit} noValidate className="stacked-form">
          <p className="card__hint">{t(`undo.why_${way}`)}</p>
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
            {t(`undo.${way}`, { provider: name })}
          </ActionButton>
        </form>
      )}
    </section>
  );
}
