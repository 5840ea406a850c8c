import { announce } from '../../../client/src/channel.ts';
import type { Client } from '../../../client/src/client.ts';
import type { AccountAnswer, NoticeRow } from '../../../lib/contract/answers.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Facts } from '../components/Facts.tsx';
import { Modal, ModalFooter } from '../components/Modal.tsx';
import { Notice } from '../components/Notice.tsx';
import type { ParseDevice } from '../devices/load.ts';
import type { Farewell } from '../state/router.ts';
import type { AccountStore } from '../state/use-account.ts';
import { useTask } from '../state/use-task.ts';
import { useWords } from '../texts/words.tsx';
import { DisownEffects } from './DisownEffects.tsx';
import { suspendsMethod } from './suspends.ts';
import { topicOf } from './topic.ts';

export interface DisownDialogProps {
  readonly client: Client;
  readonly store: AccountStore;
  readonly account: AccountAnswer;
  readonly notice: NoticeRow;
  readonly parseDevice: ParseDevice | null;
  readonly onClose: () => void;
  readonly onDisowned: (farewell: Farewell) => void;
}

/** 这不是我: says what it will do to whom, and does it at the second press. */
export function DisownDialog(props: DisownDialogProps) {
  const { client, store, account, notice, parseDevice, onClose, onDisowned } = props;
  const { t, inlineName, explain } = useWords();
  const { running, slow, failure, run } = useTask<'disown'>();
  const busy = running !== null;
  const { id, provider } = notice;
  const isSuspended = suspendsMethod(notice) && account.phone !== null;
  const text = failure && explain(failure, { context: 'notice' });

  const disown = () =>
    void run('disown', async () => {
      await store.leave(() => client.disownNotice({ id }));
      // The other tabs are signed out too, and find out when they ask.
      announce({ type: 'changed' });
      onDisowned({ notice: 'disowned', ...(isSuspended ? { suspended: provider } : {}) });
    });

  return (
    <Modal title={t('disown.title')} onClose={onClose}>
      <p>{t(`told.${topicOf(notice)}`, { provider: inlineName(provider) })}</p>
      <Facts of={notice} parseDevice={parseDevice} />
      <Notice theme="warning" title={t('undo.will')}>
        <DisownEffects story={notice} phone={account.phone} />
      </Notice>
      {text ? (
        <Notice theme="error" title={text.title}>
          {text.next}
        </Notice>
      ) : null}
      <ModalFooter>
        <ActionButton onClick={onClose} focusFirst>
          {t('dialog.cancel')}
        </ActionButton>
        <ActionButton look="danger" onClick={disown} disabled={busy} slow={slow}>
          {t('undo.protect')}
        </ActionButton>
      </ModalFooter>
    </Modal>
  );
}
