import { Skeleton } from 'tdesign-react/es/skeleton';
import { HistorySkeleton } from '../history/HistorySkeleton.tsx';
import { MethodsSkeleton } from '../linking/MethodsSkeleton.tsx';
import { useWords } from '../texts/words.tsx';

const FACTS = [[{ width: '180px' }, { width: '180px' }, { width: '180px' }]];

/** The account page before there is an account, with everything at its later place. */
export function AccountSkeleton() {
  const { t } = useWords();
  return (
    <div aria-busy="true">
      <p className="visually-hidden" role="status">
        {t('account.loading')}
      </p>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('account.basic')}</h2>
        <Skeleton animation="gradient" rowCol={FACTS} className="skeleton-facts" />
      </section>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('methods.title')}</h2>
        <p className="card__hint">{t('methods.hint')}</p>
        <MethodsSkeleton />
      </section>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('history.title')}</h2>
        <p className="card__hint">{t('history.hint')}</p>
        <HistorySkeleton />
      </section>
    </div>
  );
}
