import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { FailureCode } from '../api/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { CodeField } from '../components/CodeField.tsx';
import { EmailField } from '../components/EmailField.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { SendCode } from '../components/SendCode.tsx';
import { looksLikeEmail } from '../state/digits.ts';
import { useCountdown } from '../state/use-countdown.ts';
import { formatClock } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { CodeMessage } from './CodeMessage.tsx';
import { type LinkingDialogProps, PurposeSteps } from './dialog-parts.tsx';
import { checkOf } from './progress.ts';
import { useCodeForm } from './use-code-form.ts';

const ANOTHER_ADDRESS: readonly FailureCode[] = [
  'invalid_request',
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
];

/** 关联邮箱账号: the address, 发送验证码, the code and 确定 in one. */
export function EmailDialog({ account, linking, clock, purpose }: LinkingDialogProps) {
  const { t } = useWords();
  const messageId = useId();
  const check = checkOf(account, purpose);
  const waiting = check?.step === 'email' ? check : null;
  const form = useCodeForm(waiting, clock);
  const { running, slow, failure } = form.task;
  const [email, setEmail] = useState('');
  /** The address the code went to, as typed; null after a reload, when the service alone knows it. */
  const [sentTo, setSentTo] = useState<string | null>(null);
  const emailRef = useRef<HTMLInputElement>(null);
  const verifiedLeft = useCountdown(check?.verifiedUntil ?? null, clock);
  const changed = waiting !== null && sentTo !== null && sentTo !== email.trim();

  // Where another address is what helps, that is where to type.
  useEffect(() => {
    if (failure && ANOTHER_ADDRESS.includes(failure.code)) emailRef.current?.focus();
  }, [failure]);

  const typeEmail = (typed: string) => {
    setEmail(typed);
    form.setOmission(null);
    form.task.setFailure(null);
  };

  const emailMissing = () => {
    if (looksLikeEmail(email)) return false;
    form.setOmission('email');
    emailRef.current?.focus();
    return true;
  };

  const send = () => {
    if (emailMissing()) return;
    form.send(async () => {
      const sent = await linking.sendEmailCode(email.trim());
      setSentTo(email.trim());
      return sent;
    });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (emailMissing()) return;
    if (!changed) form.submit(() => linking.linkEmail(email.trim(), form.code));
  };

  const hint = () => {
    if (changed) return t('email.changed');
    if (waiting?.sentTo && sentTo === null) return t('email.retype', { to: waiting.sentTo });
    return null;
  };

  return (
    <Modal title={t('email.title')} onClose={linking.close} locked={running !== null}>
      <form onSubmit={submit} noValidate>
        <PurposeSteps purpose={purpose} current={1} />
        <p className="modal__lead">{t('email.intro')}</p>
        <EmailField
          value={email}
          onChange={typeEmail}
          inputRef={emailRef}
          invalid={form.omission === 'email' || (failure !== null && ANOTHER_ADDRESS.includes(failure.code))}
          describedBy={messageId}
          focusFirst
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
          waiting={waiting}
          context="email"
          provider="email"
          attemptsLeft={check?.attemptsLeft ?? null}
          hint={hint()}
        />
        <ModalFooter>
          <span className="modal__aside">
            {verifiedLeft > 0 ? t('email.verified', { left: formatClock(verifiedLeft) }) : null}
          </span>
          <ActionButton onClick={linking.close} disabled={running !== null}>
            {t('dialog.cancel')}
          </ActionButton>
          <ActionButton
            type="submit"
            look="primary"
            disabled={running !== null || changed}
            slow={slow && running === 'submit'}
          >
            {t('dialog.confirm')}
          </ActionButton>
        </ModalFooter>
      </form>
    </Modal>
  );
}
