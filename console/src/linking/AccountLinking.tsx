import { useEffect, useId, useRef } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { Purpose, WayIn } from '../../../lib/linking/identity.ts';
import type { Block } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { Dialogs } from './Dialogs.tsx';
import { MethodsTable } from './MethodsTable.tsx';
import { providerOf } from './progress.ts';
import type { RowAction } from './row-actions.ts';
import { useFrozenUntil } from './use-frozen.ts';
import type { Done, Linking } from './use-linking.ts';

export interface AccountLinkingProps {
  /** The clock the client tells the server's time to. */
  readonly clock: ServerClock;
  readonly account: AccountAnswer;
  /** What the dialogs are at: the page around may open them, too. */
  readonly linking: Linking;
  /** Why this session can change nothing; the page around says so at its top. */
  readonly probation: Block | undefined;
  /** Something was changed, and the account shows it. */
  readonly onChanged?: ((done: Done) => void) | undefined;
  /** The customer has unlinked what they had signed in by, and has read so. */
  readonly onSignedOut: () => void;
}

const FROZEN_ACTIONS: readonly RowAction[] = ['link', 'replace', 'prove'];
const isOpenedByRow = (purpose: Purpose) => purpose !== 'preferences' && purpose !== 'export';
const rowSelector = (provider: WayIn) => `[data-provider="${provider}"]`;
/** A row takes no focus by itself. */
const focusable = (place: HTMLElement | null | undefined) => (place?.hasAttribute('tabindex') ? place : null);

/** The linking part, to be put on any page: the table of methods and every dialog that its buttons open. */
export function AccountLinking(props: AccountLinkingProps) {
  const { clock, account, linking, probation, onChanged, onSignedOut } = props;
  const { t, explain } = useWords();
  const frozenId = useId();
  const until = useFrozenUntil(account, clock);
  const frozen: Block | undefined =
    until === null ? undefined : { id: frozenId, reason: t('frozen.title', { until }) };
  const root = useRef<HTMLDivElement>(null);

  const { done } = linking;
  const tellChanged = useRef(onChanged);
  tellChanged.current = onChanged;
  useEffect(() => {
    if (done) tellChanged.current?.(done);
  }, [done]);

  const provider = linking.purpose && providerOf(account, linking.purpose);

  // Focus goes back to where the dialogs came from; the button may be another one by then.
  const { purpose } = linking;
  const left = useRef<string | null>(null);
  useEffect(() => {
    if (purpose && provider)
      left.current = isOpenedByRow(purpose) ? rowSelector(provider) : `[data-opens="${purpose}"]`;
    else if (left.current) {
      const place = (root.current?.getRootNode() as ParentNode | undefined)?.querySelector<HTMLElement>(
        left.current,
      );
      (place?.querySelector<HTMLElement>('button:enabled') ?? focusable(place) ?? root.current)?.focus();
      left.current = null;
    }
  }, [purpose, provider]);

  return (
    <div ref={root} tabIndex={-1}>
      {account.phone ? null : (
        <Notice theme="warning" title={explain('phone_missing').title}>
          {explain('phone_missing').next}
        </Notice>
      )}
      {frozen ? (
        <div id={frozen.id}>
          <Notice theme="warning" title={frozen.reason}>
            {t('frozen.why')}
          </Notice>
        </div>
      ) : null}
      <MethodsTable
        account={account}
        clock={clock}
        onOpen={linking.open}
        // A freeze keeps out what is new, and nothing else.
        blockOf={(action) => probation ?? (FROZEN_ACTIONS.includes(action) ? frozen : undefined)}
      />
      <Dialogs account={account} linking={linking} clock={clock} onSignedOut={onSignedOut} />
    </div>
  );
}
