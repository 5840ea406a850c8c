import { useId, useState } from 'react';
import type { AccountAnswer, PreferencesAnswer } from '../../../lib/contract/answers.ts';
import { LANGUAGES, NOTIFY_CHOICES } from '../../../lib/linking/language.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import type { Linking } from '../linking/use-linking.ts';
import { useWords } from '../texts/words.tsx';
import { formatPreferences } from './chosen.ts';

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly hint: string;
  readonly values: readonly Value[];
  readonly chosen: Value | null;
  readonly nameOf: (value: Value) => string;
  /** What language the name of a value is in, where it is in its own. */
  readonly langOf?: (value: Value) => string;
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const name = useId();
  const hintId = useId();
  return (
    <fieldset className="options" aria-describedby={hintId}>
      <legend className="options__legend">{props.legend}</legend>
      <div className="options__row">
        {props.values.map((value) => (
          <label key={value} className="options__option" lang={props.langOf?.(value)}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === props.chosen}
              onChange={() => props.onChoose(value)}
            />
            {props.nameOf(value)}
          </label>
        ))}
      </div>
      <p id={hintId} className="card__hint">
        {props.hint}
      </p>
    </fieldset>
  );
}

export interface OwnCardProps {
  readonly account: AccountAnswer;
  readonly linking: Linking;
  /** Why this session can change nothing. */
  readonly probation: Block | undefined;
  /** Until when the account is frozen, in words; null where it is not. */
  readonly frozenUntil: string | null;
}

/** 通知设置: what notices are written in, and by what to hear of sign-ins. What is chosen counts once the identity is checked. */
export function PreferencesCard({ account, linking, probation, frozenUntil }: OwnCardProps) {
  const { t } = useWords();
  const frozenId = useId();
  const [draft, setDraft] = useState<PreferencesAnswer | null>(null);
  const shown = draft ?? linking.chosen ?? account.preferences;
  const isChanged = formatPreferences(shown) !== formatPreferences(account.preferences);
  const frozen =
    frozenUntil === null
      ? undefined
      : { id: frozenId, reason: t('frozen.preferences', { until: frozenUntil }) };
  return (
    <section className="card" aria-labelledby="preferences-title">
      <h2 id="preferences-title" className="card__title">
        {t('preferences.title')}
      </h2>
      <p className="card__hint">{t('preferences.hint')}</p>
      <Choice
        legend={t('preferences.language')}
        hint={t(shown.language === null ? 'preferences.language_unset' : 'preferences.language_hint')}
        values={LANGUAGES}
        chosen={shown.language}
        nameOf={(language) => t(`preferences.language_${language}`)}
        langOf={(language) => language}
        onChoose={(language) => setDraft({ ...shown, language })}
      />
      <Choice
        legend={t('preferences.notify')}
        hint={t('preferences.notify_hint')}
        values={NOTIFY_CHOICES}
        chosen={shown.notify}
        nameOf={(notify) => t(`preferences.notify_${notify}`)}
        onChoose={(notify) => setDraft({ ...shown, notify })}
      />
      {frozen ? (
        <p id={frozen.id} className="card__hint">
          {frozen.reason}
        </p>
      ) : null}
      <div className="card__action" data-opens="preferences" tabIndex={-1}>
        <ActionButton
          look="outline"
          onClick={() => linking.open('preferences', formatPreferences(shown))}
          disabled={!isChanged}
          blockedBy={probation ?? frozen}
        >
          {t('preferences.save')}
        </ActionButton>
      </div>
    </section>
  );
}
