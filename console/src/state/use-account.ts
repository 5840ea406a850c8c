import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { announce, listen } from '../../../client/src/channel.ts';
import type { Client } from '../../../client/src/client.ts';
import { asFailure, type Failure } from '../../../client/src/failure.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';

/** What the service says about the account, and what this page has just changed in it. */
export interface AccountStore {
  readonly account: AccountAnswer | null;
  /** Why there is no account to show. A failure to refresh one that is shown is not told. */
  readonly failure: Failure | null;
  readonly loading: boolean;
  /** Ask the service; resolves to what it says, or to null where it does not answer. */
  readonly reload: () => Promise<AccountAnswer | null>;
  /** Apply at once what an answer has just said, and let other tabs know. */
  readonly change: (apply: (account: AccountAnswer) => AccountAnswer) => void;
  /**
   * Do what ends this session. From its beginning nothing more is asked, and what is still being asked may find the session over: that
   * is told by the code that ended it. If it fails, everything goes on as before.
   */
  readonly leave: <T>(work: () => Promise<T>) => Promise<T>;
  readonly isLeaving: () => boolean;
}

/**
 * Read the account when the page opens, when it is looked at again, and when another tab has changed it.
 *
 * @param leaving true while, and after, the customer ends the session
 */
export function useAccount(client: Client, leaving: RefObject<boolean>): AccountStore {
  const [account, setAccount] = useState<AccountAnswer | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [loading, setLoading] = useState(true);
  const changes = useRef(0);
  const asked = useRef(0);
  const shown = useRef(0);

  const reload = useCallback(async (): Promise<AccountAnswer | null> => {
    if (leaving.current) return null;
    const mine = ++asked.current;
    const changesBefore = changes.current;
    setLoading(true);
    try {
      const fresh = await client.showAccount();
      // What was asked before a change, or overtaken by a later answer, may already be wrong.
      if (changes.current !== changesBefore) return reload();
      if (mine > shown.current) {
        shown.current = mine;
        setAccount(fresh);
        setFailure(null);
      }
      return fresh;
    } catch (error) {
      setFailure(asFailure(error));
      return null;
    } finally {
      if (mine === asked.current) setLoading(false);
    }
  }, [client, leaving]);

  const change = useCallback((apply: (account: AccountAnswer) => AccountAnswer) => {
    changes.current += 1;
    setAccount((current) => current && apply(current));
    announce({ type: 'changed' });
  }, []);

  const leave = useCallback(
    async <T>(work: () => Promise<T>): Promise<T> => {
      leaving.current = true;
      try {
        return await work();
      } catch (error) {
        leaving.current = false;
        // The session is over already: asking once more leads to where that is said.
        if (asFailure(error).code === 'not_signed_in') await reload();
        throw error;
      }
    },
    [leaving, reload],
  );

  const isLeaving = useCallback(() => leaving.current, [leaving]);

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
    () => ({ account, failure, loading, reload, change, leave, isLeaving }),
    [account, failure, loading, reload, change, leave, isLeaving],
  );
}
