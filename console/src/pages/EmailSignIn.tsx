import { type FormEvent, useId, useRef, useState } from 'react';
import type { Client } from '../api/client.ts';
import type { ServerClock } from '../api/clock.ts';
import { parseSignInChallenge } from '../api/parse.ts';
import type { SignInChallenge } from '../api/types.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { CodeField } from '../components/CodeField.tsx';
import { EmailField } from '../components/EmailField.tsx';
import { SendCode } from '../components/SendCode.tsx';
import { CodeMessage } from '../linking/CodeMessage.tsx';
import { useCodeForm } from '../linking/use-code-form.ts';
import { looksLikeEmail } from '../state/digits.ts';
import { signInSlot } from '../state/memory.ts';
import { formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

/** The code that was on its way before a reload. */
function remembered(): SignInChallenge | null {
  try {
    return parseSignInChallenge(JSON.parse(signInSlot.get() ?? 'null'));
  } catch {
    return null;
  }
}

export interface EmailSignInProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly onSignedIn: () => void;
}

/** An address, a code and 登录. It says the same whether or not anybody has the address. */
export function EmailSignIn({ client, clock, onSignedIn }: EmailSignInProps) {
  const { t, language } = useWords();
  const messageId = useId();
  const [challenge, setChallenge] = useState(remembered);
  const [email, setEmail] = useState('');
  const emailRef = useRef<HTMLInputElement>(null);
  const form = useCodeForm(challenge, clock);
  const { running, slow, failure } = form.task;

  const typeEmail = (typed: string) => {
    setEmail(typed);
    form.setOmission(null);
    form.task.setFailure(null);
  };

  const send = () => {
    if (!looksLikeEmail(email)) {
      form.setOmission('email');
      emailRef.current?.focus();
      return;
    }
    form.send(async () => {
      const sent = await client.sendSignInCode(email.trim());
      setChallenge(sent);
      signInSlot.set(JSON.stringify(sent));
      return sent;
    });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit(async () => {
      if (!challenge) return;
      await client.signIn(challenge.challengeId, form.code);
      signInSlot.set(null);
      onSignedIn();
    });
  };

  const hint =
    challenge && form.sentForSeconds !== null
      ? t('sign_in.sent', { to: challenge.sentTo, minutes: formatWait(form.sentForSeconds, language) })
      : null;

  return (
    <form onSubmit={submit} noValidate aria-label={t('sign_in.email')} className="stacked-form">
      <EmailField
        value={email}
        onChange={typeEmail}
        inputRef={emailRef}
        invalid={form.omission === 'email' || failure?.code === 'invalid_request'}
        describedBy={messageId}
      >
        <SendCode
          clock={clock}
          resendAt={form.resendAt}
          onSend={send}
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
        waiting={challenge}
        context="sign_in"
        provider="email"
        attemptsLeft={null}
        hint={hint}
      />
      <ActionButton
        type="submit"
        look="primary"
        size="large"
        block
        disabled={running !== null}
        slow={slow && running === 'submit'}
      >
        {t('sign_in.submit')}
      </ActionButton>
    </form>
  );
}
