import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { Purpose } from '../../../lib/linking/identity.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { MethodState } from './MethodState.tsx';
import { type WayRow, waysInto } from './progress.ts';
import { type RowAction, rowActions, rowPurpose } from './row-actions.ts';

export interface MethodsTableProps {
  readonly account: AccountAnswer;
  readonly clock: ServerClock;
  readonly onOpen: (purpose: Purpose) => void;
  /** Why something can't be done now, and where that is said. */
  readonly blockOf: (action: RowAction) => Block | undefined;
}

type RowProps = MethodsTableProps & { readonly method: WayRow };

function Row({ account, method, clock, onOpen, blockOf }: RowProps) {
  const { t, language, providerName, inlineName } = useWords();
  const { provider, relation, state } = method;
  const actions = rowActions(account, method);
  return (
    <tr data-provider={provider} data-relation={relation} data-state={state ?? 'none'}>
      <th scope="row">
        <span className="methods__provider">
          <ProviderIcon provider={provider} />
          {providerName(provider)}
        </span>
        <span className="methods__use">{t(`methods.use_${provider}`)}</span>
      </th>
      <td
        data-label={t('methods.display')}
        className={method.display ? 'methods__display' : 'methods__empty'}
      >
        {method.display ?? t('methods.nothing')}
      </td>
      <td data-label={t('methods.relation')}>
        <MethodState method={method} clock={clock} />
      </td>
      <td data-label={t('methods.since')} className={method.since ? '' : 'methods__empty'}>
        {method.since ? (
          // In one piece: a narrow row sets the pieces of a cell apart.
          <span>
            {t(relation === 'registered' ? 'methods.registered_at' : 'methods.linked_at')}{' '}
            <time dateTime={method.since}>{formatTime(method.since, language)}</time>
          </span>
        ) : (
          t('methods.nothing')
        )}
      </td>
      <td className="methods__actions">
        {actions.map((action) => (
          <ActionButton
            key={action}
            look="text"
            label={t(`methods.${action}_label`, { provider: inlineName(provider) })}
            onClick={() => onOpen(rowPurpose(action, method))}
            blockedBy={blockOf(action)}
          >
            {t(`methods.${action}`)}
          </ActionButton>
        ))}
        {actions.length === 0 && provider !== 'assertion' ? (
          <span className="methods__hint">
            {relation === 'registered' ? t('methods.registered_hint') : t('methods.unlinkable_hint')}
          </span>
        ) : null}
      </td>
    </tr>
  );
}

/**
 * What is not the account's, and can't become so in this deployment, has no row. The company's own login has one where there is something to do
 * about it, or this session is by it.
 */
const isOffered = ({ session }: AccountAnswer, { provider, relation, actions, state }: WayRow): boolean => {
  if (provider === 'assertion') return state === 'suspended' || session.openedBy === 'assertion';
  return relation !== 'none' || actions.length > 0 || provider === 'email';
};

/** A row for every way into the account, with what can be done about it. */
export function MethodsTable(props: MethodsTableProps) {
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
        {waysInto(props.account)
          .filter((method) => isOffered(props.account, method))
          .map((method) => (
            <Row key={method.provider} method={method} {...props} />
          ))}
      </tbody>
    </table>
  );
}
