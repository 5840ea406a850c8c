import { useId } from 'react';
import type { UndoStory } from '../api/answers.ts';
import { useWords } from '../texts/words.tsx';
import type { Choice } from './restoration.ts';

export interface RestoreChoiceProps {
  readonly story: UndoStory;
  readonly choices: readonly Choice[];
  readonly chosen: Choice | null;
  readonly onChoose: (choice: Choice) => void;
  /** Nothing was chosen, and should have been. */
  readonly missing: boolean;
}

/** What shall be able to sign in from then on: all that there was before, or one method alone. */
export function RestoreChoice({ story, choices, chosen, onChoose, missing }: RestoreChoiceProps) {
  const { t, inlineName } = useWords();
  const name = useId();
  const missingId = useId();
  const { restore, provider } = story;

  const words = (choice: Choice) => {
    if (choice !== 'all')
      return [
        t('undo.keep', { provider: inlineName(choice) }),
        // It is this method's owner who says so: what they keep is not unlinked.
        t(choice === provider && restore === 'unlink' ? 'undo.keep_own' : 'undo.keep_why'),
      ];
    return restore
      ? [t(`undo.${restore}`, { provider: inlineName(provider) }), t(`undo.${restore}_why`)]
      : [];
  };

  return (
    <fieldset className="choices" {...(missing ? { 'aria-describedby': missingId } : {})}>
      <legend className="choices__legend">{t('undo.choose')}</legend>
      {choices.map((choice) => {
        const [label, why] = words(choice);
        return (
          <label key={choice} className="choices__choice">
            <input
              type="radio"
              name={name}
              value={choice}
              checked={choice === chosen}
              onChange={() => onChoose(choice)}
            />
            <span>
              <strong className="choices__label">{label}</strong>
              <span className="choices__why">{why}</span>
            </span>
          </label>
        );
      })}
      <p id={missingId} role="alert" className="field-message__error">
        {missing ? t('undo.choose_first') : null}
      </p>
    </fieldset>
  );
}
