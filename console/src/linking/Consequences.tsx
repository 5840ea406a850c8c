import type { AccountAnswer, PreferencesAnswer } from '../../../lib/contract/answers.ts';
import { type Purpose, parsePurpose } from '../../../lib/linking/identity.ts';
import { Notice } from '../components/Notice.tsx';
import { PreferencesSummary } from '../own/PreferencesSummary.tsx';
import { formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { OnlyWarning } from './OnlyWarning.tsx';
import { methodOf, providerOf } from './progress.ts';
import { ReplaceWarning } from './ReplaceWarning.tsx';
import { UnlinkWarning } from './UnlinkWarning.tsx';

export interface ConsequencesProps {
  readonly account: AccountAnswer;
  readonly purpose: Purpose;
  /** The preferences that are to be saved. */
  readonly chosen: PreferencesAnswer | null;
  /** For how long what is linked will be on probation. */
  readonly probationSeconds: number;
}

/** What an action will do, before anything is checked or done. */
export function Consequences({ account, purpose, chosen, probationSeconds }: ConsequencesProps) {
  const { t, language, providerName } = useWords();
  const provider = providerOf(account, purpose);
  const parts = parsePurpose(purpose);
  switch (parts.action) {
    case 'link':
      return probationSeconds > 0 ? (
        <Notice theme="info" title={t('link.probation', { time: formatWait(probationSeconds, language) })}>
          {t('link.probation_why')}
        </Notice>
      ) : null;
    case 'replace': {
      const { mailStopped, relation } = methodOf(account, provider) ?? {};
      if (mailStopped)
        return (
          <Notice theme="info" title={t('prove.title')}>
            {t(relation === 'registered' ? 'prove.registered' : 'prove.linked')}
          </Notice>
        );
      return <ReplaceWarning account={account} provider={provider} probationSeconds={probationSeconds} />;
    }
    case 'preferences':
      return chosen ? <PreferencesSummary chosen={chosen} /> : null;
    case 'export':
      return (
        <Notice theme="warning" title={t('export.warning')}>
          {t('export.warning_why')}
        </Notice>
      );
    case 'unlink':
      return <UnlinkWarning account={account} provider={parts.provider} />;
    case 'clear': {
      const display = methodOf(account, provider)?.display ?? '';
      return (
        <Notice theme="info" title={t('clear.entry', { provider: providerName(provider), display })}>
          {t('clear.safe')}
        </Notice>
      );
    }
    case 'only':
      return <OnlyWarning account={account} />;
  }
}
