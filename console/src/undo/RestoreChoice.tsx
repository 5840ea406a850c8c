import { useId } from 'react';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { isWayIn } from '../../../lib/linking/identity.ts';
import { useWords } from '../texts/words.tsx';
import type { Choice } from './restoration.ts';
import { useChoiceName } from './use-choice-name.ts';

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
  const { t } = useWords();
  const nameOf = useChoiceName(story.provider);
  const name = useId();
  const missingId = useId();
  const { restore, provider } = story;
  const why = (choice: Choice) => {
    if (!isWayIn(choice)) return t(`undo.${choice}_why`);
    // Who keeps it says that it is theirs: it is not unlinked.
    return choice === provider && restore === 'unlink' ? t('undo.keep_own') : null;
  };
  return (
    <fieldset className="choices" {...(missing ? { 'aria-describedby': missingId } : {})}>
      <legend className="choices__legend">{t('undo.choose')}</legend>
      {choices.map((choice) => (
        <label key={choice} className="choices__choice">
          <input
            type="radio"
            name={name}
            value={choice}
            checked={choice === chosen}
            onChange={() => onChoose(choice)}
          />
          <span>
            <strong className="choices__label">{nameOf(choice)}</strong>
            <span className="choices__why">{why(choice)}</span>
          </span>
        </label>
      ))}
      {choices.some(isWayIn) ? <p className="choices__why">{t('undo.keep_why')}</p> : null}
      <p id={missingId} role="alert" className="field-message__error">
        {missing ? t('undo.choose_first') : null}
      </p>
    </fieldset>
  );
}
