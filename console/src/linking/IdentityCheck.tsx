import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type OAuthProviderName, parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { Notice } from '../components/Notice.tsx';
import { useCountdown } from '../state/use-countdown.ts';
import { formatClock } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { Consequences } from './Consequences.tsx';
import { type LinkingDialogProps, PurposeSteps } from './dialog-parts.tsx';
import { HelpLink } from './HelpLink.tsx';
import { PhoneCodeFields } from './PhoneCodeFields.tsx';
import { checkOf, isLinking, isOauth, isVerified, providerOf } from './progress.ts';
import { openProviderWindow } from './provider-window.ts';
import { useCodeForm } from './use-code-form.ts';
import { wayTo } from './wechat-way.ts';

/** 身份验证: six digits to the registered phone. It says what the action will do, and does it, unless linking has dialogs to come. */
export function IdentityCheck({ account, linking, clock, purpose }: LinkingDialogProps) {
  const { t, inlineName, providerName, explain, weChatInApp } = useWords();
  const { action } = parsePurpose(purpose);
  const provider = providerOf(account, purpose);
  const check = checkOf(account, purpose);
  const waiting = check?.step === 'phone' ? check : null;
  const form = useCodeForm(waiting, clock);
  const { running, slow, failure } = form.task;
  const verifiedLeft = useCountdown(check?.verifiedUntil ?? null, clock);
  const passed = isVerified(check, clock.now()) && verifiedLeft > 0;
  // Where checking and the action are one press, its fields stay until both are done.
  const [pressedWhenPassed, setPressedWhenPassed] = useState(false);
  const verified = passed && (running !== 'submit' || pressedWhenPassed);
  const linked = isLinking(purpose);
  const dangerous = action === 'unlink' || action === 'only';
  const name = inlineName(provider);
  const what = (of: typeof action) => t(`methods.${of}_label`, { provider: name });
  const lapsed = useRef(linking.wasVerified).current;

  // The check has been passed and the action is not done: its fields are gone, and the focus with them.
  const submitRef = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (failure && verified) submitRef.current?.focus();
  }, [failure, verified]);

  /** What follows a link's check at a provider; on a phone that can't scan, the dialog says what to do instead. */
  const goTo = (at: OAuthProviderName) => {
    const way = wayTo(at, navigator.userAgent, weChatInApp);
    if (way === 'tab') return () => linking.flow.startHere(at);
    if (way !== 'window') return undefined;
    return () => {
      const opened = openProviderWindow(t('oauth.window', { provider: providerName(at) }));
      return linking.flow.start(at, opened);
    };
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setPressedWhenPassed(verified);
    if (verified && !linked) void form.task.run('submit', linking.finish);
    else form.submit(() => linking.verify(form.code, isOauth(provider) ? goTo(provider) : undefined));
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
    <>
      <Notice theme="error" title={explain('phone_missing').title}>
        {explain('phone_missing').next}
      </Notice>
      <HelpLink code="phone_missing" />
    </>
  );

  return (
    <Modal title={t('check.title_for', { what: what(action) })} onClose={linking.close}>
      <form onSubmit={submit} noValidate>
        <PurposeSteps purpose={purpose} current={verified ? 1 : 0} />
        <Consequences
          account={account}
          purpose={purpose}
          chosen={linking.chosen}
          probationSeconds={linking.probationSeconds}
        />
        {verified && action !== 'link' && action !== 'replace' ? (
          <>
            <Notice
              theme="success"
              title={t(`check.verified_${action}`, { left: formatClock(verifiedLeft) })}
            />
            {failure ? (
              <Notice theme="error" title={explain(failure, { provider }).title}>
                {explain(failure, { provider }).next}
              </Notice>
            ) : null}
          </>
        ) : (
          <>
            <p className="modal__lead">{t(`check.${action}`, { provider: name })}</p>
            {fields}
          </>
        )}
        <ModalFooter>
          <ActionButton onClick={linking.close} focusFirst={verified}>
            {t('dialog.cancel')}
          </ActionButton>
          <ActionButton
            type="submit"
            buttonRef={submitRef}
            look={dangerous ? 'danger' : 'primary'}
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
