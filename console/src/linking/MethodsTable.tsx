import type { MethodRow } from '../../../lib/contract/answers.ts';
import type { Purpose } from '../../../lib/linking/identity.ts';
import { ActionButton, type ActionButtonProps } from '../components/ActionButton.tsx';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';

export interface MethodsTableProps {
  readonly methods: readonly MethodRow[];
  readonly onOpen: (purpose: Purpose) => void;
  /** Why nothing can be changed, and where that is said. */
  readonly blockedBy: ActionButtonProps['blockedBy'];
}

type RowProps = Omit<MethodsTableProps, 'methods'> & { readonly method: MethodRow };

function Row({ method, onOpen, blockedBy }: RowProps) {
  const { t, language, providerName, inlineName } = useWords();
  const { provider, relation, actions } = method;
  return (
    <tr data-provider={provider} data-relation={relation}>
      <th scope="row">
        <span className="methods__provider">
          <ProviderIcon provider={provider} />
          {providerName(provider)}
        </span>
      </th>
      <td
        data-label={t('methods.display')}
        className={method.display ? 'methods__display' : 'methods__empty'}
      >
        {method.display ?? t('methods.nothing')}
      </td>
      <td data-label={t('methods.relation')}>
        <span className={`tag tag--${relation}`}>{t(`methods.${relation}`)}</span>
      </td>
      <td data-label={t('methods.since')} className={method.since ? '' : 'methods__empty'}>
        {method.since ? (
          <time dateTime={method.since}>{formatTime(method.since, language)}</time>
        ) : (
          t('methods.nothing')
        )}
      </td>
      <td className="methods__actions">
        {actions.map((action) => (
          <ActionButton
            key={action}
            look="text"
            label={t(action === 'unlink' ? 'methods.unlink_label' : 'methods.link_label', {
              provider: inlineName(provider),
            })}
            onClick={() => onOpen(`${action}_${provider}`)}
            blockedBy={blockedBy}
          >
            {t(action === 'unlink' ? 'methods.unlink' : 'methods.link')}
          </ActionButton>
        ))}
        {actions.length === 0 ? (
          <span className="methods__hint">
            {relation === 'registered' ? t('methods.registered_hint') : t('methods.unlinkable_hint')}
          </span>
        ) : null}
      </td>
    </tr>
  );
}

/** A row for every way into the account, with what can be done about it. */
export function MethodsTable({ methods, ...rest }: MethodsTableProps) {
  const { t } = useWords();
  return (
    <table className="table methods" aria-label={t('methods.title')}>
      <thead>
        <tr>
          {(['provider', 'display', 'relation', 'since', 'actions'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`methods.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {methods.map((method) => (
          <Row key={method.provider} method={method} {...rest} />
        ))}
      </tbody>
    </table>
  );
}
