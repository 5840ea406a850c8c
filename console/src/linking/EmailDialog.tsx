import { type FormEvent, useEffect, useState } from 'react';
import type { FailureCode } from '../../../client/src/failure.ts';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { useCountdown } from '../state/use-countdown.ts';
import { formatClock } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { type LinkingDialogProps, PurposeSteps } from './dialog-parts.tsx';
import { EmailCodeFields } from './EmailCodeFields.tsx';
import { checkOf, methodOf } from './progress.ts';
import { isSameAddress, useEmailForm } from './use-email-form.ts';

const ANOTHER_ADDRESS: readonly FailureCode[] = [
  'invalid_request',
  'already_linked',
  'registered_method',
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
];

/** 关联邮箱账号: the address, 发送验证码, the code and 确定 in one. */
export function EmailDialog({ account, linking, clock, purpose }: LinkingDialogProps) {
  const { t } = useWords();
  const replaces = parsePurpose(purpose).action === 'replace';
  const stopped = methodOf(account, 'email')?.mailStopped !== undefined;
  const intro = replaces && stopped ? 'email.intro_prove' : replaces ? 'email.intro_replace' : 'email.intro';
  const title = replaces && stopped ? 'email.title_prove' : replaces ? 'email.title_replace' : 'email.title';
  const check = checkOf(account, purpose);
  const waiting = check?.step === 'email' ? check : null;
  /** The address the code went to, as typed; null after a reload, when the service alone knows it. */
  const [sentTo, setSentTo] = useState<string | null>(null);
  const isForAnother = (address: string) => sentTo !== null && !isSameAddress(sentTo, address);
  const form = useEmailForm((address) => (isForAnother(address) ? null : waiting), clock);
  const { email, emailRef, emailMissing } = form;
  const { running, slow, failure } = form.task;
  const verifiedLeft = useCountdown(check?.verifiedUntil ?? null, clock);
  const changed = waiting !== null && isForAnother(email);

  // Where another address is what helps, that is where to type.
  useEffect(() => {
    if (failure && ANOTHER_ADDRESS.includes(failure.code)) emailRef.current?.focus();
  }, [failure, emailRef]);

  const send = () => {
    if (emailMissing()) return;
    form.send(async () => {
      const sent = await linking.sendEmailCode(email);
      setSentTo(email);
      return sent;
    });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (emailMissing()) return;
    if (!changed) form.submit(() => linking.linkEmail(email, form.code));
  };

  const hint = () => {
    if (changed) return t('email.changed');
    if (waiting?.sentTo && sentTo === null) return t('email.retype', { to: waiting.sentTo });
    return null;
  };

  return (
    <Modal title={t(title)} onClose={linking.close}>
      <form onSubmit={submit} noValidate>
        <PurposeSteps purpose={purpose} current={1} />
        <p className="modal__lead">{t(intro)}</p>
        <EmailCodeFields
          form={form}
          clock={clock}
          waiting={changed ? null : waiting}
          context="email"
          emailRefused={failure !== null && ANOTHER_ADDRESS.includes(failure.code)}
          attemptsLeft={check?.attemptsLeft ?? null}
          hint={hint()}
          onSend={send}
          focusFirst
        />
        <ModalFooter>
          <span className="modal__aside">
            {verifiedLeft > 0 ? t('email.verified', { left: formatClock(verifiedLeft) }) : null}
          </span>
          <ActionButton onClick={linking.close}>{t('dialog.cancel')}</ActionButton>
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
