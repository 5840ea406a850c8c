import { type ChangeEvent, type CompositionEvent, type RefObject, useId, useState } from 'react';
import { CODE_LENGTH, codeDigits } from '../state/digits.ts';
import { useWords } from '../texts/words.tsx';

export interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (digits: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly invalid: boolean;
  readonly describedBy: string;
  /** Take the focus when the dialog around it opens. */
  readonly focusFirst?: boolean;
}

const BOXES = Array.from({ length: CODE_LENGTH }, (_, index) => index);

/**
 * Six digits in six boxes, by one real input drawn over them, so that pasting, an input method's full-width digits, the
 * phone's autofill, undo and screen readers work as in any other field.
 */
export function CodeField({ value, onChange, inputRef, invalid, describedBy, focusFirst }: CodeFieldProps) {
  const { t } = useWords();
  const id = useId();
  const [composing, setComposing] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);

  const change = (event: ChangeEvent<HTMLInputElement>) => {
    if ((event.nativeEvent as InputEvent).isComposing) setComposing(event.target.value);
    else onChange(codeDigits(event.target.value));
  };
  const endComposing = (event: CompositionEvent<HTMLInputElement>) => {
    setComposing(null);
    onChange(codeDigits(event.currentTarget.value));
  };

  const active = focused ? Math.min(value.length, CODE_LENGTH - 1) : -1;
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {t('code.label')}
      </label>
      <div className={`code-field${invalid ? ' code-field--invalid' : ''}`}>
        {BOXES.map((box) => (
          <span
            key={box}
            className={`code-field__box${box === active ? ' code-field__box--active' : ''}`}
            aria-hidden
          />
        ))}
        <input
          ref={inputRef}
          id={id}
          className="code-field__input"
          type="text"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          value={composing ?? value}
          onChange={change}
          onCompositionStart={(event) => setComposing(event.currentTarget.value)}
          onCompositionEnd={endComposing}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          {...(focusFirst ? { 'data-focus-first': '' } : {})}
        />
      </div>
    </div>
  );
}
