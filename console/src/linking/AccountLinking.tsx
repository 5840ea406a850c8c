import { useEffect, useId, useRef } from 'react';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import type { ServerClock } from '../api/clock.ts';
import type { Block } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { Dialogs } from './Dialogs.tsx';
import { MethodsTable } from './MethodsTable.tsx';
import { providerOf } from './progress.ts';
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

/** The linking part, to be put on any page: the table of methods and every dialog that its buttons open. */
export function AccountLinking(props: AccountLinkingProps) {
  const { clock, account, linking, probation, onChanged, onSignedOut } = props;
  const { t, language, explain } = useWords();
  const frozenId = useId();
  const { frozenUntil } = account;
  const isFrozen = useBefore(frozenUntil, clock);
  const frozen: Block | undefined =
    isFrozen && frozenUntil
      ? { id: frozenId, reason: t('frozen.title', { until: formatTime(frozenUntil, language) }) }
      : undefined;
  const root = useRef<HTMLDivElement>(null);

  const { done } = linking;
  const tellChanged = useRef(onChanged);
  tellChanged.current = onChanged;
  useEffect(() => {
    if (done) tellChanged.current?.(done);
  }, [done]);

  const provider = linking.purpose && providerOf(account, linking.purpose);

  // Focus goes back to the row the dialogs came from; its button may be another one by then.
  const lastProvider = useRef<WayIn | null>(null);
  useEffect(() => {
    if (provider) lastProvider.current = provider;
    else if (lastProvider.current) {
      const row = `[data-provider="${lastProvider.current}"]`;
      const button = root.current?.querySelector<HTMLElement>(`${row} button:enabled`);
      (button ?? root.current)?.focus();
      lastProvider.current = null;
    }
  }, [provider]);

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
        blockOf={(action) => probation ?? (action === 'link' ? frozen : undefined)}
      />
      <Dialogs account={account} linking={linking} clock={clock} onSignedOut={onSignedOut} />
    </div>
  );
}
