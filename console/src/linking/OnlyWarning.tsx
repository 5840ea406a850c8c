import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { methodOf, remainingMethods } from './progress.ts';
import { useMethodList } from './use-method-list.ts';

/** Before one method is kept alone: which ways in are suspended, which sessions end, and that all of it can be taken back. */
export function OnlyWarning({ account }: { readonly account: AccountAnswer }) {
  const { t, providerName } = useWords();
  const list = useMethodList();
  const { openedBy } = account.session;
  const display = methodOf(account, openedBy)?.display ?? '';
  return (
    <Notice theme="warning" title={t('only.warning')}>
      <ul className="notice__list">
        <li>{t('only.keeps', { provider: providerName(openedBy), display })}</li>
        <li>{t('only.suspends', { methods: list(remainingMethods(account, openedBy)) })}</li>
        <li>{t('only.sessions')}</li>
        <li>{t('only.later')}</li>
      </ul>
    </Notice>
  );
}
