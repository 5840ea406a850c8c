import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import type { Failure } from '../../../client/src/failure.ts';
import { parsePhone } from '../../../lib/linking/phone.ts';
import { CODE_LENGTH, readPhone } from '../../../lib/linking/typed.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { CodeField } from '../components/CodeField.tsx';
import { FieldMessage } from '../components/FieldMessage.tsx';
import { useTask } from '../state/use-task.ts';
import { useWords } from '../texts/words.tsx';
import { PhoneField } from './PhoneField.tsx';

export interface OpenByCodeProps {
  readonly client: Client;
  readonly onToken: (token: string) => void;
}

/** What a failure says under the code, with the guesses that are left. */
function useExplained(failure: Failure | null) {
  const { t, explain } = useWords();
  if (failure === null) return null;
  const text = explain(failure, { context: 'open' });
  const left = failure.code === 'code_wrong' ? failure.attemptsLeft : undefined;
  if (left === undefined) return text;
  return { ...text, next: left > 0 ? `${text.next}${t('open.left', { count: left })}` : t('open.none_left') };
}

/** Some text messages have no link but six digits, which open with the number that they went to what a link would have opened. */
export function OpenByCode({ client, onToken }: OpenByCodeProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState<'phone' | 'code' | null>(null);
  const { running, slow, failure, setFailure, run } = useTask<'open'>();
  const [phoneRef, codeRef] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const [phoneMessageId, codeMessageId] = [useId(), useId()];
  const explained = useExplained(failure);

  useEffect(() => {
    if (failure === null) return;
    if (failure.code === 'code_wrong') setCode('');
    codeRef.current?.focus();
  }, [failure, codeRef]);

  const change = (apply: () => void) => {
    apply();
    setMissing(null);
    setFailure(null);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const phone = parsePhone(readPhone(typed));
    const first = phone === undefined ? 'phone' : code.length < CODE_LENGTH ? 'code' : null;
    setMissing(first);
    if (phone === undefined) return phoneRef.current?.focus();
    if (first !== null) return codeRef.current?.focus();
    void run('open', async () => onToken((await client.openUndo({ phone, code })).token));
  };

  return (
    <form onSubmit={submit} noValidate className="stacked-form">
      <PhoneField
        value={typed}
        onChange={(text) => change(() => setTyped(text))}
        inputRef={phoneRef}
        invalid={missing === 'phone'}
        describedBy={phoneMessageId}
      />
      <FieldMessage
        id={phoneMessageId}
        error={missing === 'phone' ? { title: t('open.phone_invalid') } : null}
      >
        {t('open.phone_hint')}
      </FieldMessage>
      <CodeField
        value={code}
        onChange={(digits) => {
          setCode(digits);
          setMissing(null);
          if (digits !== '') setFailure(null);
        }}
        inputRef={codeRef}
        invalid={missing === 'code' || failure?.code === 'code_wrong'}
        describedBy={codeMessageId}
      />
      <FieldMessage
        id={codeMessageId}
        error={missing === 'code' ? { title: t('code.incomplete') } : explained}
      >
        {t('open.harmless')}
      </FieldMessage>
      <ActionButton type="submit" look="primary" size="large" disabled={running !== null} slow={slow}>
        {t('open.submit')}
      </ActionButton>
    </form>
  );
}
