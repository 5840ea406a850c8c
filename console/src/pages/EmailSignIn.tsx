import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import { asFailure } from '../../../client/src/failure.ts';
import type { SignInCodeSentAnswer } from '../../../lib/contract/answers.ts';
import type { HumanAnswer, HumanChallenge } from '../../../lib/linking/human-check.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { CodeField } from '../components/CodeField.tsx';
import { EmailField } from '../components/EmailField.tsx';
import { SendCode } from '../components/SendCode.tsx';
import { HumanCheckPanel } from '../human-check/HumanCheckPanel.tsx';
import { CodeMessage } from '../linking/CodeMessage.tsx';
import { isSameAddress, useEmailForm } from '../linking/use-email-form.ts';
import { rememberedSignIn, rememberSignIn, type SentCode } from '../state/sign-in-code.ts';
import { formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

export interface EmailSignInProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly onSignedIn: () => void;
}

/** A check the service asks for before it sends; `refused` where the answer to the one before was not accepted. */
interface AskedCheck {
  readonly check: HumanChallenge;
  readonly refused: boolean;
  readonly round: number;
}

/** After these a code is of no more use. */
const SPENT = ['code_expired', 'too_many_attempts'];

/** An address, then the code that was mailed to it. It says the same whether or not anybody has the address. */
export function EmailSignIn({ client, clock, onSignedIn }: EmailSignInProps) {
  const { t, language } = useWords();
  /** The last code to each address, newest first. */
  const [codes, setCodes] = useState<readonly SentCode[]>(rememberedSignIn);
  const codeTo = (address: string) => codes.find((code) => isSameAddress(code.address, address)) ?? null;
  const [step, setStep] = useState<'address' | 'code'>(codes.length > 0 ? 'code' : 'address');
  const [asked, setAsked] = useState<AskedCheck | null>(null);
  const form = useEmailForm(codeTo, clock, codes[0]?.address);
  const { email, emailRef, codeRef } = form;
  const { running, slow, failure } = form.task;
  const current = codeTo(email);
  const messageId = useId();

  const keep = (code: SentCode) => {
    rememberSignIn(code);
    setCodes((others) => [code, ...others.filter(({ address }) => !isSameAddress(address, code.address))]);
  };

  // Each step begins in its own field; the page itself begins at its top.
  const shownStep = useRef(step);
  useEffect(() => {
    if (shownStep.current === step) return;
    shownStep.current = step;
    (step === 'code' ? codeRef : emailRef).current?.focus();
  }, [step, codeRef, emailRef]);

  const send = (answer?: HumanAnswer) => {
    if (form.emailMissing()) return;
    form.send(async () => {
      try {
        const sent: SignInCodeSentAnswer = await client.sendSignInCode({ email, humanCheck: answer });
        keep({ ...sent, address: email });
        setAsked(null);
        setStep('code');
        return sent;
      } catch (error) {
        // An answer is good for one sending: each check that is asked for is a new one.
        const { humanCheck: check } = asFailure(error);
        const refused = answer !== undefined;
        setAsked((last) => (check ? { check, refused, round: (last?.round ?? 0) + 1 } : null));
        throw error;
      }
    });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step === 'code') {
      form.submit(async () => {
        if (!current) return;
        try {
          await client.signInByEmail({ challengeId: current.challengeId, code: form.code });
        } catch (error) {
          const { code, attemptsLeft } = asFailure(error);
          if (SPENT.includes(code) || attemptsLeft === 0) keep({ ...current, isSpent: true });
          throw error;
        }
        rememberSignIn(null);
        onSignedIn();
      });
    } else if (current && form.resendLeft > 0 && !form.emailMissing()) setStep('code');
    else send();
  };

  const changeAddress = () => {
    rememberSignIn(null);
    form.setCode('');
    form.setOmission(null);
    form.task.setFailure(null);
    setAsked(null);
    setStep('address');
  };

  const hint = () => {
    if (step === 'address' || !current) return null;
    if (form.sentForSeconds === null) return null;
    return t('sign_in.sent_hint', { minutes: formatWait(form.sentForSeconds, language) });
  };
  const message = (
    <CodeMessage
      id={messageId}
      form={form}
      waiting={step === 'code' ? current : null}
      context="sign_in"
      provider="email"
      attemptsLeft={current?.isSpent ? 0 : null}
      hint={hint()}
    />
  );
  const humanCheck = asked ? (
    <HumanCheckPanel key={asked.round} check={asked.check} refused={asked.refused} onAnswer={send} />
  ) : null;

  /** What a step ends with. */
  const button = (task: 'send' | 'submit', label: string) => (
    <ActionButton
      type="submit"
      look="primary"
      size="large"
      block
      disabled={running !== null}
      slow={slow && running === task}
    >
      {label}
    </ActionButton>
  );

  if (step === 'address') {
    return (
      <form onSubmit={submit} noValidate aria-label={t('sign_in.email')} className="stacked-form">
        <EmailField
          value={form.typed}
          onChange={form.typeEmail}
          inputRef={emailRef}
          invalid={form.omission === 'email' || failure?.code === 'invalid_request'}
          describedBy={messageId}
        />
        {message}
        {humanCheck}
        {button('send', t('code.send'))}
      </form>
    );
  }
  return (
    <form onSubmit={submit} noValidate aria-label={t('sign_in.email')} className="stacked-form">
      <p className="sign-in__address">
        {t('sign_in.sent_to')} <strong>{current?.address}</strong>{' '}
        <button type="button" className="link-button" onClick={changeAddress} disabled={running !== null}>
          {t('sign_in.change_address')}
        </button>
      </p>
      <CodeField
        value={form.code}
        onChange={form.setCode}
        inputRef={codeRef}
        invalid={failure?.code === 'code_wrong' || form.omission === 'incomplete'}
        describedBy={messageId}
      />
      {message}
      {humanCheck}
      {button('submit', t('sign_in.submit'))}
      <div className="sign-in__resend">
        <SendCode
          clock={clock}
          resendAt={form.resendAt}
          onSend={() => send()}
          disabled={running !== null}
          slow={slow && running === 'send'}
        />
      </div>
    </form>
  );
}
