import { useEffect, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import type { AccountAnswer, NoticeRow } from '../../../lib/contract/answers.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { useDeviceParser } from '../devices/use-parser.ts';
import type { Farewell } from '../state/router.ts';
import type { AccountStore } from '../state/use-account.ts';
import { useWords } from '../texts/words.tsx';
import { DisownDialog } from './DisownDialog.tsx';
import { KeepOnlyHint } from './KeepOnlyHint.tsx';
import { NoticeItem } from './NoticeItem.tsx';
import { useNotices } from './use-notices.ts';

export interface NoticesCardProps {
  readonly client: Client;
  readonly store: AccountStore;
  readonly account: AccountAnswer;
  /** Why nothing can be said or done in this session. */
  readonly blockedBy: Block | undefined;
  /** Opens the dialog that keeps one method alone; null where there is no other. */
  readonly onKeepOnly: (() => void) | null;
  readonly onDisowned: (farewell: Farewell) => void;
}

/** More than these would hide the rest of the page from somebody who only signs in from many places. */
const SHOWN_AT_FIRST = 3;

/** What others than this session have done of late, to be told apart: 这是我本人 or 这不是我. */
export function NoticesCard(props: NoticesCardProps) {
  const { client, store, account, blockedBy, onKeepOnly, onDisowned } = props;
  const { t } = useWords();
  const { rows, dismiss, failureOf } = useNotices(client, store, account);
  const parseDevice = useDeviceParser();
  const [all, setAll] = useState(false);
  const [disowned, setDisowned] = useState<NoticeRow | null>(null);
  const [dismissed, setDismissed] = useState(false);
  const list = useRef<HTMLUListElement>(null);

  // What was pressed is gone with its notice: the focus goes to the next one, or to the page where there is none.
  const left = useRef<number | null>(null);
  const count = rows.length;
  useEffect(() => {
    if (left.current === null) return;
    const next = list.current?.children[Math.min(left.current, count - 1)];
    (next instanceof HTMLElement ? next : document.getElementById('page-title'))?.focus();
    left.current = null;
    setDismissed(true);
  }, [count]);

  const shown = all ? rows : rows.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <p className="visually-hidden" role="status">
        {dismissed ? t('notices.dismissed', { count }) : ''}
      </p>
      {count > 0 ? (
        <section className="card notices" aria-labelledby="notices-title">
          <h2 id="notices-title" className="card__title">
            {t('notices.title')}
          </h2>
          <p className="card__hint">{t('notices.hint')}</p>
          <ul ref={list} className="notices__list">
            {shown.map((notice, index) => (
              <NoticeItem
                key={notice.id}
                notice={notice}
                parseDevice={parseDevice}
                failure={failureOf(notice.id)}
                blockedBy={blockedBy}
                onDismiss={() => {
                  left.current = index;
                  dismiss(notice.id);
                }}
                onDisown={() => setDisowned(notice)}
              />
            ))}
          </ul>
          {shown.length < count ? (
            <ActionButton look="text" onClick={() => setAll(true)}>
              {t('notices.all', { count })}
            </ActionButton>
          ) : null}
          {onKeepOnly ? (
            <KeepOnlyHint provider={account.session.openedBy} blockedBy={blockedBy} onKeepOnly={onKeepOnly} />
          ) : null}
        </section>
      ) : null}
      {disowned ? (
        <DisownDialog
          client={client}
          store={store}
          account={account}
          notice={disowned}
          parseDevice={parseDevice}
          onClose={() => setDisowned(null)}
          onDisowned={onDisowned}
        />
      ) : null}
    </>
  );
}
