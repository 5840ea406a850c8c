import type { PreferencesAnswer } from '../../../lib/contract/answers.ts';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';

/** Before preferences are saved: what they will be, and that every channel is told. */
export function PreferencesSummary({ chosen }: { readonly chosen: PreferencesAnswer }) {
  const { t } = useWords();
  const { language, notify } = chosen;
  return (
    <Notice theme="info" title={t('preferences.will')}>
      <ul className="notice__list">
        {language ? (
          <li>{t('preferences.will_language', { language: t(`preferences.language_${language}`) })}</li>
        ) : null}
        <li>{t('preferences.will_notify', { notify: t(`preferences.notify_${notify}`) })}</li>
        <li>{t('preferences.will_tell')}</li>
      </ul>
    </Notice>
  );
}
