import { type FormEvent, useId, useRef, useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { findUndoToken } from '../state/undo-token.ts';
import { useWords } from '../texts/words.tsx';

export interface PasteLinkProps {
  readonly onToken: (token: string) => void;
}

/** Where a link has lost what comes after `#` on its way: it can be pasted whole, as it stands in the message. */
export function PasteLink({ onToken }: PasteLinkProps) {
  const { t } = useWords();
  const id = useId();
  const messageId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [pasted, setPasted] = useState('');
  const [refused, setRefused] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = findUndoToken(pasted);
    if (token) return onToken(token);
    setRefused(true);
    field.current?.focus();
  };

  return (
    <form onSubmit={submit} noValidate className="stacked-form">
      <div className="field">
        <label className="field__label" htmlFor={id}>
          {t('paste.label')}
        </label>
        <textarea
          ref={field}
          id={id}
          className="paste__field"
          rows={3}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={refused}
          aria-describedby={messageId}
          value={pasted}
          onChange={(event) => {
            setPasted(event.target.value);
            setRefused(false);
          }}
        />
      </div>
      <div id={messageId} className="field-message">
        <div role="alert" className="field-message__error">
          {refused ? t(pasted.trim() ? 'paste.refused' : 'paste.empty') : null}
        </div>
        {refused ? null : <p>{t('paste.hint')}</p>}
      </div>
      <ActionButton type="submit" look="outline" size="large">
        {t('paste.open')}
      </ActionButton>
    </form>
  );
}
