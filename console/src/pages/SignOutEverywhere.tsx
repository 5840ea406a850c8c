import { announce } from '../../../client/src/channel.ts';
import type { Client } from '../../../client/src/client.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { Notice } from '../components/Notice.tsx';
import type { AccountStore } from '../state/use-account.ts';
import { useTask } from '../state/use-task.ts';
import { useWords } from '../texts/words.tsx';

export interface SignOutEverywhereProps {
  readonly client: Client;
  readonly store: AccountStore;
  readonly onClose: () => void;
  readonly onSignedOut: () => void;
}

/** 退出所有设备: says what will happen, and does it. */
export function SignOutEverywhere({ client, store, onClose, onSignedOut }: SignOutEverywhereProps) {
  const { t, explain } = useWords();
  const { running, slow, failure, run } = useTask<'sign_out'>();
  const busy = running !== null;

  const signOut = () =>
    void run('sign_out', async () => {
      await store.leave(client.endAllSessions);
      // The other tabs are signed out too, and find out when they ask.
      announce({ type: 'changed' });
      onSignedOut();
    });

  return (
    <Modal title={t('everywhere.title')} onClose={onClose}>
      <Notice theme="warning" title={t('everywhere.warning')}>
        <ul className="notice__list">
          <li>{t('everywhere.devices')}</li>
          <li>{t('everywhere.under_way')}</li>
          <li>{t('everywhere.methods')}</li>
        </ul>
      </Notice>
      {failure ? (
        <Notice theme="error" title={t('header.sign_out_failed')}>
          {explain(failure, { context: 'everywhere' }).next}
        </Notice>
      ) : null}
      <ModalFooter>
        <ActionButton onClick={onClose} focusFirst>
          {t('dialog.cancel')}
        </ActionButton>
        <ActionButton look="danger" onClick={signOut} disabled={busy} slow={slow}>
          {t('everywhere.confirm')}
        </ActionButton>
      </ModalFooter>
    </Modal>
  );
}
