import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { methodOf, remainingMethods } from './progress.ts';
import { useMethodList } from './use-method-list.ts';

export interface UnlinkWarningProps {
  readonly account: AccountAnswer;
  readonly provider: WayIn;
}

/** Before anything is unlinked: which way in goes, which sessions end, and which ways in remain. */
export function UnlinkWarning({ account, provider }: UnlinkWarningProps) {
  const { t, providerName, inlineName } = useWords();
  const list = useMethodList();
  const name = inlineName(provider);
  const { openedBy } = account.session;
  const display = methodOf(account, provider)?.display ?? '';
  const remaining = remainingMethods(account, provider);
  const methods = list(remaining);
  return (
    <Notice theme="warning" title={t('unlink.warning')}>
      <ul className="notice__list">
        <li>{t('unlink.no_entry', { provider: providerName(provider), display })}</li>
        <li>{t('unlink.sessions', { provider: name })}</li>
        <li>
          {openedBy === provider
            ? t('unlink.own_session')
            : t('unlink.kept_session', { provider: inlineName(openedBy) })}
        </li>
        {remaining.length === 0 ? <li>{t('unlink.nothing_left')}</li> : null}
        {remaining.length === 1 ? <li>{t('unlink.only', { methods })}</li> : null}
        {remaining.length > 1 ? <li>{t('unlink.remaining', { methods })}</li> : null}
      </ul>
    </Notice>
  );
}
