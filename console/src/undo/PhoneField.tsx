import { type RefObject, useId } from 'react';
import 'tdesign-react/es/input/style/css.js';
import { useWords } from '../texts/words.tsx';

export interface PhoneFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly invalid: boolean;
  readonly describedBy: string;
}

/** A phone number as people write it: one text field in TDesign's looks, so that the phone's own number can be filled in. */
export function PhoneField({ value, onChange, inputRef, invalid, describedBy }: PhoneFieldProps) {
  const { t } = useWords();
  const id = useId();
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {t('open.phone')}
      </label>
      <div className="t-input__wrap">
        <div className={`t-input${invalid ? ' t-is-error' : ''}`}>
          <input
            ref={inputRef}
            id={id}
            className="t-input__inner"
            type="tel"
            name="phone"
            autoComplete="tel"
            maxLength={32}
            aria-invalid={invalid}
            aria-describedby={describedBy}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
      </div>
    </div>
  );
}
