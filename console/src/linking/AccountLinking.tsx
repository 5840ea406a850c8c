import { useEffect, useId, useRef } from 'react';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { type Provider, parsePurpose } from '../../../lib/linking/identity.ts';
import type { Client } from '../api/client.ts';
import type { ServerClock } from '../api/clock.ts';
import { Notice } from '../components/Notice.tsx';
import type { AccountStore } from '../state/use-account.ts';
import { useBefore } from '../state/use-before.ts';
import { formatTime } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { Dialogs } from './Dialogs.tsx';
import { MethodsTable } from './MethodsTable.tsx';
import { type Done, useLinking } from './use-linking.ts';

export interface AccountLinkingProps {
  readonly client: Client;
  /** The clock the client tells the server's time to. */
  readonly clock: ServerClock;
  readonly store: AccountStore;
  /** What `store` holds, once it does. */
  readonly account: AccountAnswer;
  /** How a visit to WeChat or QQ in this tab ended, as `/oauth-result` was told; only where the account knows nothing of it. */
  readonly hint?: string | undefined;
  /** Something was linked or unlinked, and the account shows it. */
  readonly onChanged?: ((done: Done) => void) | undefined;
  /** The customer has unlinked what they had signed in by, and has read so. */
  readonly onSignedOut: () => void;
}

/** The linking part, to be put on any page: the table of methods and every dialog that its buttons open. */
export function AccountLinking(props: AccountLinkingProps) {
  const { client, clock, store, account, hint, onChanged, onSignedOut } = props;
  const { t, language, explain } = useWords();
  const linking = useLinking({ client, clock, store, hint });
  const frozenId = useId();
  const { frozenUntil } = account;
  const isFrozen = useBefore(frozenUntil, clock);
  const reason =
    isFrozen && frozenUntil ? t('frozen.title', { until: formatTime(frozenUntil, language) }) : null;
  const root = useRef<HTMLDivElement>(null);

  const { done } = linking;
  const tellChanged = useRef(onChanged);
  tellChanged.current = onChanged;
  useEffect(() => {
    if (done) tellChanged.current?.(done);
  }, [done]);

  const provider = linking.purpose && parsePurpose(linking.purpose).provider;

  // Focus goes back to the row the dialogs came from; its button may be another one by then.
  const lastProvider = useRef<Provider | null>(null);
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
      {reason ? (
        <div id={frozenId}>
          <Notice theme="warning" title={reason}>
            {t('frozen.why')}
          </Notice>
        </div>
      ) : null}
      <MethodsTable
        methods={account.methods}
        onOpen={linking.open}
        blockedBy={reason ? { reason, id: frozenId } : undefined}
      />
      <Dialogs account={account} linking={linking} clock={clock} onSignedOut={onSignedOut} />
    </div>
  );
}
