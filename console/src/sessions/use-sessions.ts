import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import { asFailure, type Failure } from '../../../client/src/failure.ts';
import type { SessionRow } from '../../../lib/contract/answers.ts';
import { type Task, useTask } from '../state/use-task.ts';

export interface Sessions {
  /** Null before the first answer. */
  readonly rows: readonly SessionRow[] | null;
  /** Why they could not be read. */
  readonly failure: Failure | null;
  readonly loading: boolean;
  readonly reload: () => void;
  /** The id of the session that is being ended, and why that did not work. */
  readonly ending: Task<string>;
  /** @returns whether it has ended */
  readonly end: (id: string) => Promise<boolean>;
}

export interface SessionsOptions {
  readonly client: Client;
  /** Changes whenever sessions may have been opened or ended: they are then read anew. */
  readonly revision: string;
  /** The customer is ending this very session, or has: ask no more. */
  readonly isLeaving: () => boolean;
}

/** Where the account is signed in, as of when the page was last looked at. */
export function useSessions({ client, revision, isLeaving }: SessionsOptions): Sessions {
  const [rows, setRows] = useState<readonly SessionRow[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [loading, setLoading] = useState(true);
  const asked = useRef(0);
  const ending = useTask<string>();

  const reload = useCallback(async () => {
    if (isLeaving()) return;
    const mine = ++asked.current;
    setLoading(true);
    try {
      const { sessions } = await client.listSessions();
      if (mine !== asked.current) return;
      setRows(sessions);
      setFailure(null);
    } catch (error) {
      if (mine === asked.current) setFailure(asFailure(error));
    } finally {
      if (mine === asked.current) setLoading(false);
    }
  }, [client, isLeaving]);

  useEffect(() => {
    if (revision) void reload();
    const look = () => {
      if (document.visibilityState === 'visible') void reload();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [revision, reload]);

  const { run } = ending;
  const end = useCallback(
    async (id: string) => {
      let hasEnded = false;
      await run(id, async () => {
        try {
          await client.endOneSession({ id });
        } catch (error) {
          // It has ended by itself, or from elsewhere.
          if (asFailure(error).code !== 'not_found') throw error;
        }
        hasEnded = true;
        // What is being asked already may still show it.
        asked.current += 1;
        setLoading(false);
        setRows((known) => known?.filter((row) => row.id !== id) ?? null);
      });
      return hasEnded;
    },
    [client, run],
  );

  return { rows, failure, loading, reload: () => void reload(), ending, end };
}
