import { useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import { asFailure, type Failure } from '../../../client/src/failure.ts';
import type { AccountAnswer, NoticeRow } from '../../../lib/contract/answers.ts';
import type { AccountStore } from '../state/use-account.ts';

export interface Notices {
  /** Those that nobody has dealt with. */
  readonly rows: readonly NoticeRow[];
  /** It was the owner: the notice goes at once, and comes back where the service does not agree. */
  readonly dismiss: (id: string) => void;
  /** Why a notice came back. */
  readonly failureOf: (id: string) => Failure | undefined;
}

export function useNotices(client: Client, store: AccountStore, account: AccountAnswer): Notices {
  // Apart from the account, which may be read anew before the service has dismissed anything.
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<ReadonlyMap<string, Failure>>(new Map());

  const hide = (id: string, isHidden: boolean) =>
    setHidden((before) => new Set(isHidden ? [...before, id] : [...before].filter((one) => one !== id)));

  const dismiss = async (id: string) => {
    setFailures((before) => new Map([...before].filter(([one]) => one !== id)));
    hide(id, true);
    try {
      await client.dismissNotice({ id });
    } catch (error) {
      const failure = asFailure(error);
      // It is gone already, which is what was asked for.
      if (failure.code === 'not_found') return;
      hide(id, false);
      setFailures((before) => new Map(before).set(id, failure));
      // Nothing has changed, or this session may dismiss nothing: the account tells.
      void store.reload();
      return;
    }
    store.change((current) => ({ ...current, notices: current.notices.filter((row) => row.id !== id) }));
  };

  return {
    rows: account.notices.filter(({ id }) => !hidden.has(id)),
    dismiss: (id) => void dismiss(id),
    failureOf: (id) => failures.get(id),
  };
}
