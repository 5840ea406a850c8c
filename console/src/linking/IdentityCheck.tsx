import { type FormEvent, useEffect, useRef, useState } from 'react';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { Notice } from '../components/Notice.tsx';
import { useCountdown } from '../state/use-countdown.ts';
import { formatClock } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { type LinkingDialogProps, PurposeSteps } from './dialog-parts.tsx';
import { PhoneCodeFields } from './PhoneCodeFields.tsx';
import { checkOf, isOauth, isVerified } from './progress.ts';
import { openProviderWindow } from './provider-window.ts';
import { UnlinkWarning } from './UnlinkWarning.tsx';
import { useCodeForm } from './use-code-form.ts';

/** 身份验证: six digits to the registered phone. For unlinking it also says what will happen, and does it. */
export function IdentityCheck({ account, linking, clock, purpose }: LinkingDialogProps) {
  const { t, inlineName, providerName, explain } = useWords();
  const { action, provider } = parsePurpose(purpose);
  const check = checkOf(account, purpose);
  const waiting = check?.step === 'phone' ? check : null;
  const form = useCodeForm(waiting, clock);
  const { running, slow, failure } = form.task;
  const verifiedLeft = useCountdown(check?.verifiedUntil ?? null, clock);
  const passed = isVerified(check, clock.now()) && verifiedLeft > 0;
  // Where checking and unlinking are one press, its fields stay until both are done.
  const [pressedWhenPassed, setPressedWhenPassed] = useState(false);
  const verified = passed && (running !== 'submit' || pressedWhenPassed);
  const unlinking = action === 'unlink';
  const name = inlineName(provider);
  const lapsed = useRef(linking.wasVerified).current;

  // The check has been passed and unlinking has not: its fields are gone, and the focus with them.
  const submitRef = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (failure && verified) submitRef.current?.focus();
  }, [failure, verified]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setPressedWhenPassed(verified);
    if (verified && unlinking) void form.task.run('submit', linking.unlink);
    else
      form.submit(() =>
        linking.verify(form.code, () =>
          isOauth(provider)
            ? openProviderWindow(t('oauth.window', { provider: providerName(provider) }))
            : null,
        ),
      );
  };

  const fields = account.phone ? (
    <PhoneCodeFields
      form={form}
      clock={clock}
      phone={account.phone}
      waiting={waiting}
      context="check"
      provider={provider}
      attemptsLeft={check?.attemptsLeft ?? null}
      hint={lapsed && !check ? t('check.lapsed') : null}
      onSend={() => form.send(linking.sendCheckCode)}
      focusFirst
    />
  ) : (
    <Notice theme="error" title={explain('phone_missing').title}>
      {explain('phone_missing').next}
    </Notice>
  );

  return (
    <Modal title={t('check.title')} onClose={linking.close} locked={running !== null}>
      <form onSubmit={submit} noValidate>
        <PurposeSteps purpose={purpose} current={verified ? 1 : 0} />
        {unlinking ? <UnlinkWarning account={account} provider={provider} /> : null}
        {verified ? (
          <>
            <Notice theme="success" title={t('check.verified', { left: formatClock(verifiedLeft) })} />
            {failure ? (
              <Notice theme="error" title={explain(failure, { provider }).title}>
                {explain(failure, { provider }).next}
              </Notice>
            ) : null}
          </>
        ) : (
          <>
            <p className="modal__lead">{t(unlinking ? 'check.unlink' : 'check.link', { provider: name })}</p>
            {fields}
          </>
        )}
        <ModalFooter>
          <ActionButton onClick={linking.close} disabled={running !== null} focusFirst={verified}>
            {t('dialog.cancel')}
          </ActionButton>
          <ActionButton
            type="submit"
            buttonRef={submitRef}
            look={unlinking ? 'danger' : 'primary'}
            disabled={running !== null || !account.phone}
            slow={slow && running === 'submit'}
          >
            {t('dialog.confirm')}
          </ActionButton>
        </ModalFooter>
      </form>
    </Modal>
  );
}
