import { type ReactNode, type RefObject, useId } from 'react';
import 'tdesign-react/es/input/style/css.js';
import { useWords } from '../texts/words.tsx';

export interface EmailFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly invalid: boolean;
  readonly describedBy: string;
  readonly focusFirst?: boolean;
  /** What Enter does instead of submitting the form. */
  readonly onEnter?: (() => void) | undefined;
  /** What stands beside the field, such as the button that sends a code. */
  readonly children?: ReactNode;
}

/**
 * An address. A plain text field, because a browser's email field rewrites international domains and hides spaces; in
 * TDesign's looks, whose own input can't carry the attributes that autofill and screen readers go by.
 */
export function EmailField(props: EmailFieldProps) {
  const { t } = useWords();
  const id = useId();
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {t('email.address')}
      </label>
      <div className="field__row field__row--wide">
        <div className="t-input__wrap">
          <div className={`t-input${props.invalid ? ' t-is-error' : ''}`}>
            <input
              ref={props.inputRef}
              id={id}
              className="t-input__inner"
              type="text"
              name="email"
              inputMode="email"
              autoComplete="email"
              autoCapitalize="off"
              autoCorrect="off"
              spellCheck={false}
              maxLength={320}
              placeholder={t('email.placeholder')}
              aria-invalid={props.invalid}
              aria-describedby={props.describedBy}
              value={props.value}
              onChange={(event) => props.onChange(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.nativeEvent.isComposing || !props.onEnter) return;
                event.preventDefault();
                props.onEnter();
              }}
              {...(props.focusFirst ? { 'data-focus-first': '' } : {})}
            />
          </div>
        </div>
        {props.children}
      </div>
    </div>
  );
}
