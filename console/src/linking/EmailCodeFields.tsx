import { useId } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import { CodeField } from '../components/CodeField.tsx';
import { EmailField } from '../components/EmailField.tsx';
import { SendCode } from '../components/SendCode.tsx';
import { CodeMessage } from './CodeMessage.tsx';
import type { Waiting } from './use-code-form.ts';
import type { EmailForm } from './use-email-form.ts';

export interface EmailCodeFieldsProps {
  readonly form: EmailForm;
  readonly clock: ServerClock;
  readonly waiting: Waiting | null;
  readonly context: 'email' | 'sign_in';
  /** It is the address that the service has refused. */
  readonly emailRefused: boolean;
  readonly attemptsLeft: number | null;
  readonly hint: string | null;
  readonly onSend: () => void;
  readonly focusFirst?: boolean;
}

/** An address with 发送验证码, the code, and what there is to say about both. */
export function EmailCodeFields(props: EmailCodeFieldsProps) {
  const { form, clock } = props;
  const { running, slow, failure } = form.task;
  const messageId = useId();
  return (
    <>
      <EmailField
        value={form.typed}
        onChange={form.typeEmail}
        inputRef={form.emailRef}
        invalid={form.omission === 'email' || props.emailRefused}
        describedBy={messageId}
        focusFirst={props.focusFirst ?? false}
        // Before there is a code, what comes after the address is to ask for one.
        onEnter={form.code === '' && form.resendLeft === 0 ? props.onSend : undefined}
      >
        <SendCode
          clock={clock}
          resendAt={form.resendAt}
          onSend={props.onSend}
          disabled={running !== null}
          slow={slow && running === 'send'}
        />
      </EmailField>
      <CodeField
        value={form.code}
        onChange={form.setCode}
        inputRef={form.codeRef}
        invalid={failure?.code === 'code_wrong' || form.omission === 'incomplete'}
        describedBy={messageId}
      />
      <CodeMessage
        id={messageId}
        form={form}
        waiting={props.waiting}
        context={props.context}
        provider="email"
        attemptsLeft={props.attemptsLeft}
        hint={props.hint}
      />
    </>
  );
}
