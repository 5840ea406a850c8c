import { Skeleton } from 'tdesign-react/es/skeleton';
import { HistorySkeleton } from '../history/HistorySkeleton.tsx';
import { MethodsSkeleton } from '../linking/MethodsSkeleton.tsx';
import { SessionsSkeleton } from '../sessions/SessionsSkeleton.tsx';
import { useWords } from '../texts/words.tsx';

const FACTS = [[{ width: '180px' }, { width: '180px' }, { width: '180px' }]];

const BUTTON = [{ width: '120px', height: '32px' }];
const PREFERENCES = [{ height: '80px' }, { height: '80px' }, ...BUTTON];

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
        <h2 className="card__title">{t('preferences.title')}</h2>
        <p className="card__hint">{t('preferences.hint')}</p>
        <Skeleton animation="gradient" rowCol={PREFERENCES} className="skeleton-rows" />
      </section>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('export.title')}</h2>
        <p className="card__hint">{t('export.hint')}</p>
        <Skeleton animation="gradient" rowCol={BUTTON} className="skeleton-rows" />
      </section>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('sessions.title')}</h2>
        <p className="card__hint">{t('sessions.hint')}</p>
        <SessionsSkeleton />
      </section>
      <section className="card" aria-hidden>
        <h2 className="card__title">{t('history.title')}</h2>
        <p className="card__hint">{t('history.hint')}</p>
        <HistorySkeleton />
      </section>
    </div>
  );
}
