import { CheckCircleFilledIcon } from 'tdesign-icons-react';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { PurposeSteps } from './dialog-parts.tsx';
import { isLinking } from './progress.ts';
import type { Done } from './use-linking.ts';

const TEXTS = {
  link: ['done.linked', 'done.linked_text'],
  replace: ['done.replaced', 'done.replaced_text'],
  preferences: ['done.preferences_changed', 'done.preferences_changed_text'],
  export: ['done.exported', 'done.exported_text'],
  unlink: ['done.unlinked', 'done.unlinked_text'],
  clear: ['done.cleared', 'done.cleared_text'],
  only: ['done.only', 'done.only_text'],
} as const;

/** 关联成功, 解绑成功 and so on: what is true from now on. */
export function SuccessDialog({ done, onClose }: { readonly done: Done; readonly onClose: () => void }) {
  const { t, language, providerName } = useWords();
  const { action } = parsePurpose(done.purpose);
  const [title, text] = done.proved ? (['done.proved', 'done.proved_text'] as const) : TEXTS[action];
  const { probationUntil } = done;
  return (
    <Modal title={t(title)} onClose={onClose}>
      {isLinking(done.purpose) ? <PurposeSteps purpose={done.purpose} current={2} /> : null}
      <div className="success" role="status">
        <CheckCircleFilledIcon className="success__icon" aria-hidden />
        <p className="success__text">
          {t(text, { provider: providerName(done.provider), display: done.display })}
        </p>
        {probationUntil ? (
          <p>{t('done.probation', { until: formatTime(probationUntil, language) })}</p>
        ) : null}
        {done.signedOut ? <p>{t('done.signed_out')}</p> : null}
      </div>
      <ModalFooter>
        <ActionButton look="primary" onClick={onClose} focusFirst>
          {t(done.signedOut ? 'done.sign_in' : 'dialog.confirm')}
        </ActionButton>
      </ModalFooter>
    </Modal>
  );
}
