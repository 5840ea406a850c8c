import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Client } from '../api/client.ts';
import { Failure } from '../api/failure.ts';
import type { Account } from '../api/types.ts';
import { announce, listen } from './channel.ts';

/** What the service says about the account, and what this page has just changed in it. */
export interface AccountStore {
  readonly account: Account | null;
  /** Why there is no account to show. A failure to refresh one that is shown is not told. */
  readonly failure: Failure | null;
  readonly loading: boolean;
  /** Ask the service; resolves to what it says, or to null where it does not answer. */
  readonly reload: () => Promise<Account | null>;
  /** Apply at once what an answer has just said, and let other tabs know. */
  readonly change: (apply: (account: Account) => Account) => void;
  /** The session is over by the customer's own doing: show what there is, and ask no more. */
  readonly retire: () => void;
}

/** Read the account when the page opens, when it is looked at again, and when another tab has changed it. */
export function useAccount(client: Client): AccountStore {
  const [account, setAccount] = useState<Account | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [loading, setLoading] = useState(true);
  const changes = useRef(0);
  const asked = useRef(0);
  const shown = useRef(0);
  const retired = useRef(false);

  const reload = useCallback(async (): Promise<Account | null> => {
    if (retired.current) return null;
    const mine = ++asked.current;
    const changesBefore = changes.current;
    setLoading(true);
    try {
      const fresh = await client.account();
      // What was asked before a change, or overtaken by a later answer, may already be wrong.
      if (changes.current !== changesBefore) return reload();
      if (mine > shown.current) {
        shown.current = mine;
        setAccount(fresh);
        setFailure(null);
      }
      return fresh;
    } catch (error) {
      setFailure(error instanceof Failure ? error : new Failure('server_error', {}, { cause: error }));
      return null;
    } finally {
      if (mine === asked.current) setLoading(false);
    }
  }, [client]);

  const change = useCallback((apply: (account: Account) => Account) => {
    changes.current += 1;
    setAccount((current) => current && apply(current));
    announce({ type: 'changed' });
  }, []);

  const retire = useCallback(() => {
    retired.current = true;
  }, []);

  useEffect(() => {
    void reload();
    const look = () => {
      if (document.visibilityState === 'visible') void reload();
    };
    document.addEventListener('visibilitychange', look);
    const stopListening = listen(() => void reload());
    return () => {
      document.removeEventListener('visibilitychange', look);
      stopListening();
    };
  }, [reload]);

  return useMemo(
    () => ({ account, failure, loading, reload, change, retire }),
    [account, failure, loading, reload, change, retire],
  );
}
