import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { Provider } from '../../../lib/linking/identity.ts';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { methodOf, remainingMethods } from './progress.ts';

/** Before anything is unlinked: which way in goes, which sessions end, and which ways in remain. */
export function UnlinkWarning({
  account,
  provider,
}: {
  readonly account: AccountAnswer;
  readonly provider: Provider;
}) {
  const { t, language, providerName, inlineName } = useWords();
  const name = inlineName(provider);
  const { openedBy } = account.session;
  const display = methodOf(account, provider)?.display ?? '';
  const remaining = remainingMethods(account, provider).map((method) =>
    method.display
      ? t('unlink.method', { provider: providerName(method.provider), display: method.display })
      : providerName(method.provider),
  );
  const list = new Intl.ListFormat(language, { type: 'conjunction' }).format(remaining);
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
        {remaining.length > 0 ? (
          <li>{t(remaining.length === 1 ? 'unlink.only' : 'unlink.remaining', { methods: list })}</li>
        ) : null}
      </ul>
    </Notice>
  );
}
