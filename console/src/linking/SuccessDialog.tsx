import { CheckCircleFilledIcon } from 'tdesign-icons-react';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { useWords } from '../texts/words.tsx';
import { PurposeSteps } from './dialog-parts.tsx';
import type { Done } from './use-linking.ts';

/** 关联成功 or 解绑成功. */
export function SuccessDialog({ done, onClose }: { readonly done: Done; readonly onClose: () => void }) {
  const { t, providerName } = useWords();
  const linked = parsePurpose(done.purpose).action === 'link';
  const values = { provider: providerName(done.provider), display: done.display };
  return (
    <Modal title={t(linked ? 'done.linked' : 'done.unlinked')} onClose={onClose}>
      {linked ? <PurposeSteps purpose={done.purpose} current={2} /> : null}
      <div className="success" role="status">
        <CheckCircleFilledIcon className="success__icon" aria-hidden />
        <p className="success__text">{t(linked ? 'done.linked_text' : 'done.unlinked_text', values)}</p>
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
