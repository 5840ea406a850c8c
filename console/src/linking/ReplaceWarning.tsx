import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import { Notice } from '../components/Notice.tsx';
import { formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { methodOf } from './progress.ts';

export interface ReplaceWarningProps {
  readonly account: AccountAnswer;
  readonly provider: WayIn;
  /** For how long the new one will be on probation. */
  readonly probationSeconds: number;
}

/** Before anything is replaced: which way in goes, when, and which sessions end with it. */
export function ReplaceWarning({ account, provider, probationSeconds }: ReplaceWarningProps) {
  const { t, language, providerName, inlineName } = useWords();
  const name = inlineName(provider);
  const display = methodOf(account, provider)?.display ?? '';
  return (
    <Notice theme="warning" title={t('replace.warning')}>
      <ul className="notice__list">
        <li>{t('replace.no_entry', { provider: providerName(provider), display, inline: name })}</li>
        <li>{t('replace.sessions', { provider: name })}</li>
        {account.session.openedBy === provider ? <li>{t('replace.own_session')}</li> : null}
        {probationSeconds > 0 ? (
          <li>{t('replace.probation', { provider: name, time: formatWait(probationSeconds, language) })}</li>
        ) : null}
      </ul>
    </Notice>
  );
}
