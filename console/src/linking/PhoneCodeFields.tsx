import { useId } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import { CodeField } from '../components/CodeField.tsx';
import { SendCode } from '../components/SendCode.tsx';
import type { ErrorContext } from '../texts/explain.ts';
import { useWords } from '../texts/words.tsx';
import { CodeMessage } from './CodeMessage.tsx';
import type { CodeForm, Waiting } from './use-code-form.ts';

export interface PhoneCodeFieldsProps {
  readonly form: CodeForm;
  readonly clock: ServerClock;
  /** Masked, or words for it where it is not known yet. */
  readonly phone: string;
  readonly waiting: Waiting | null;
  readonly context: ErrorContext;
  readonly provider: WayIn;
  readonly attemptsLeft: number | null;
  readonly hint: string | null;
  readonly onSend: () => void;
  /** What is first to do takes the focus when the dialog around it opens. */
  readonly focusFirst?: boolean;
}

/** The registered phone with 发送验证码, the code, and what there is to say about both. */
export function PhoneCodeFields(props: PhoneCodeFieldsProps) {
  const { t } = useWords();
  const { form, clock, waiting, focusFirst = false } = props;
  const { running, slow, failure } = form.task;
  const messageId = useId();
  return (
    <>
      <div className="field">
        <span className="field__label">{t('check.phone')}</span>
        <div className="field__row">
          <span className="field__value">{props.phone}</span>
          <SendCode
            clock={clock}
            resendAt={form.resendAt}
            onSend={props.onSend}
            disabled={running !== null}
            slow={slow && running === 'send'}
            focusFirst={focusFirst && !waiting}
          />
        </div>
      </div>
      <CodeField
        value={form.code}
        onChange={form.setCode}
        inputRef={form.codeRef}
        invalid={failure?.code === 'code_wrong' || form.omission !== null}
        describedBy={messageId}
        focusFirst={focusFirst && waiting !== null}
      />
      <CodeMessage
        id={messageId}
        form={form}
        waiting={waiting}
        context={props.context}
        provider={props.provider}
        attemptsLeft={props.attemptsLeft}
        hint={props.hint}
      />
    </>
  );
}
