import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { useWords } from '../texts/words.tsx';

export function BasicInformation({ account }: { readonly account: AccountAnswer }) {
  const { t } = useWords();
  return (
    <section className="card" aria-labelledby="basic-title">
      <h2 id="basic-title" className="card__title">
        {t('account.basic')}
      </h2>
      <dl className="facts">
        <div>
          <dt>{t('account.id')}</dt>
          <dd>
            {account.accountId} <CopyButton text={account.accountId} label={t('account.copy_id')} />
          </dd>
        </div>
        <div>
          <dt>{t('account.name')}</dt>
          <dd>{account.name}</dd>
        </div>
        <div>
          <dt>{t('account.phone')}</dt>
          <dd>{account.phone ?? t('account.phone_missing')}</dd>
        </div>
      </dl>
    </section>
  );
}
