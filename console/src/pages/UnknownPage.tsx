import { useWords } from '../texts/words.tsx';

/** A path that is no page: a link that was cut, or a guess. */
export function UnknownPage() {
  const { t } = useWords();
  return (
    <div className="sign-in">
      <section className="card sign-in__card" aria-labelledby="unknown-title">
        <h1 id="unknown-title" className="sign-in__title">
          {t('unknown.title')}
        </h1>
        <p>{t('unknown.next')}</p>
        <p>
          <a href="/">{t('unknown.home')}</a>
        </p>
      </section>
    </div>
  );
}
