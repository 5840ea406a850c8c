import type { ReactNode } from 'react';
import type { Failure } from '../../../client/src/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { AccountSkeleton } from './AccountSkeleton.tsx';
import { AccountView, type AccountViewProps } from './AccountView.tsx';

export interface AccountPageProps extends Omit<AccountViewProps, 'account'> {
  /** Whose account has just been signed in to, if somebody has. */
  readonly signedInAs: ReactNode;
  /** Why signing out did not work. */
  readonly signOutFailure: Failure | null;
}

/** 账号信息: who this is, and how the account can be signed in to. */
export function AccountPage({ signedInAs, signOutFailure, ...view }: AccountPageProps) {
  const { t, explain } = useWords();
  const { account, failure, loading, reload } = view.store;

  const body = () => {
    if (account) return <AccountView {...view} account={account} />;
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
      <h1 id="page-title" tabIndex={-1} className="page__title">
        {t('crumbs.account')}
      </h1>
      {signedInAs}
      {signOutFailure ? (
        <Notice theme="error" title={t('header.sign_out_failed')}>
          {explain(signOutFailure).next}
        </Notice>
      ) : null}
      {body()}
    </div>
  );
}
