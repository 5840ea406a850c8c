import type { Client } from '../api/client.ts';
import type { ServerClock } from '../api/clock.ts';
import type { Failure } from '../api/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { HistoryCard } from '../history/HistoryCard.tsx';
import { historyRevision } from '../history/revision.ts';
import { AccountLinking } from '../linking/AccountLinking.tsx';

import type { AccountStore } from '../state/use-account.ts';
import { useHint } from '../state/use-hint.ts';
import { useWords } from '../texts/words.tsx';
import { AccountSkeleton } from './AccountSkeleton.tsx';
import { BasicInformation } from './BasicInformation.tsx';

export interface AccountPageProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly store: AccountStore;
  readonly onSignedOut: () => void;
  /** Why signing out did not work. */
  readonly signOutFailure: Failure | null;
}

/** 账号信息: who this is, and how the account can be signed in to. */
export function AccountPage({ client, clock, store, onSignedOut, signOutFailure }: AccountPageProps) {
  const { t, explain } = useWords();
  const { account, failure, loading, reload } = store;
  const hint = useHint();

  const body = () => {
    if (account) {
      return (
        <>
          <BasicInformation account={account} />
          <section className="card" aria-labelledby="methods-title">
            <h2 id="methods-title" className="card__title">
              {t('methods.title')}
            </h2>
            <p className="card__hint">{t('methods.hint')}</p>
            <AccountLinking
              client={client}
              clock={clock}
              store={store}
              account={account}
              hint={hint}
              onSignedOut={onSignedOut}
            />
          </section>
          <HistoryCard client={client} revision={historyRevision(account)} isLeaving={store.isLeaving} />
        </>
      );
    }
    if (!failure || failure.code === 'not_signed_in') return <AccountSkeleton />;
    const text = explain(failure);
    return (
      <section className="card card--failed">
        <Notice theme="error" title={t('account.failed')}>
          <p>{text.title}</p>
          <p>{text.next}</p>
        </Notice>
        <ActionButton look="primary" onClick={() => void reload()} slow={loading}>
          {t('account.retry')}
        </ActionButton>
      </section>
    );
  };

  return (
    <div className="page">
      <nav className="crumbs" aria-label={t('crumbs.label')}>
        <ol>
          <li>{t('crumbs.center')}</li>
          <li aria-current="page">{t('crumbs.account')}</li>
        </ol>
      </nav>
      <h1 className="page__title">{t('crumbs.account')}</h1>
      {signOutFailure ? (
        <Notice theme="error" title={t('header.sign_out_failed')}>
          {explain(signOutFailure).next}
        </Notice>
      ) : null}
      {body()}
    </div>
  );
}
