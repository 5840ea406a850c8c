import { useEffect, useRef, useState } from 'react';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import type { Failure } from '../../../client/src/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { swallowSecondClick } from '../components/second-click.ts';
import { DisownEffects } from '../notices/DisownEffects.tsx';
import type { Task } from '../state/use-task.ts';
import { useWords } from '../texts/words.tsx';

export interface ConfirmProps {
  readonly story: UndoStory;
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

type SureProps = Omit<ConfirmProps, 'onLeave'> & { readonly onBack: () => void };

/** What confirming will do, and the button that does it: another one, elsewhere, and not there before. */
function Sure({ story, confirming, onConfirm, onBack }: SureProps) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const busy = confirming.running !== null;
  return (
    <section className="undo__sure" aria-labelledby="sure-title">
      <h2 id="sure-title" ref={heading} tabIndex={-1} className="card__title">
        {t('undo.sure')}
      </h2>
      <Notice theme="warning" title={t('undo.will')}>
        <DisownEffects story={story} phone={undefined} />
      </Notice>
      {story.restore ? <p className="card__hint">{t('undo.then')}</p> : null}
      {confirming.failure ? <Refusal failure={confirming.failure} /> : null}
      <div className="undo__actions undo__actions--end">
        <ActionButton look="outline" size="large" onClick={onBack} disabled={busy}>
          {t('undo.back')}
        </ActionButton>
        <ActionButton
          look="danger"
          size="large"
          onClick={onConfirm}
          disabled={busy}
          slow={busy && confirming.slow}
        >
          {t('undo.protect')}
        </ActionButton>
      </div>
    </section>
  );
}

/**
 * "This wasn't me", by two presses. What scans mails opens their links, and presses the buttons it finds: the first sends nothing, and
 * the second is not there before it.
 */
export function Confirm({ onLeave, ...props }: ConfirmProps) {
  const { t } = useWords();
  const [pressed, setPressed] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const wasPressed = useRef(false);
  useEffect(() => {
    if (!pressed && wasPressed.current) first.current?.focus();
    wasPressed.current = pressed;
  }, [pressed]);
  return (
    <div onClickCapture={swallowSecondClick}>
      {pressed ? (
        <Sure {...props} onBack={() => setPressed(false)} />
      ) : (
        <div className="undo__actions">
          <ActionButton look="danger" size="large" onClick={() => setPressed(true)} buttonRef={first}>
            {t('undo.confirm')}
          </ActionButton>
          <ActionButton look="outline" size="large" onClick={onLeave}>
            {t('undo.leave')}
          </ActionButton>
        </div>
      )}
      <p className="undo__hint">{t('undo.harmless')}</p>
    </div>
  );
}
