import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import { asFailure, type Failure } from '../../../client/src/failure.ts';
import type { HistoryPage } from '../../../lib/contract/answers.ts';
import { loadDeviceParser, type ParseDevice } from '../devices/load.ts';
import { type Task, useTask } from '../state/use-task.ts';
import { withNewest, withOlder } from './pages.ts';

export interface History {
  /** What has been read so far; null before the first answer. */
  readonly page: HistoryPage | null;
  readonly parseDevice: ParseDevice | null;
  /** Why the newest events could not be read. */
  readonly failure: Failure | null;
  readonly loading: boolean;
  readonly reload: () => void;
  readonly older: Task<'older'>;
  readonly more: () => void;
}

export interface HistoryOptions {
  readonly client: Client;
  /** Changes whenever something may have happened that belongs into the history: it is then read anew. */
  readonly revision: string;
  /** The customer is ending the session, or has: ask no more. */
  readonly isLeaving: () => boolean;
}

/** What has happened to the account, page by page. */
export function useHistory({ client, revision, isLeaving }: HistoryOptions): History {
  const [page, setPage] = useState<HistoryPage | null>(null);
  const [parseDevice, setParseDevice] = useState<ParseDevice | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [loading, setLoading] = useState(true);
  const asked = useRef(0);
  const older = useTask<'older'>();

  const reload = useCallback(async () => {
    if (isLeaving()) return;
    const mine = ++asked.current;
    setLoading(true);
    try {
      const [newest, parse] = await Promise.all([client.showHistory(), loadDeviceParser()]);
      if (mine !== asked.current) return;
      setParseDevice(() => parse);
      setPage((known) => withNewest(known, newest));
      setFailure(null);
    } catch (error) {
      if (mine === asked.current) setFailure(asFailure(error));
    } finally {
      if (mine === asked.current) setLoading(false);
    }
  }, [client, isLeaving]);

  // Each revision asks for one reading.
  useEffect(() => {
    if (revision) void reload();
  }, [revision, reload]);

  const more = () => {
    const cursor = page?.next;
    if (!cursor) return;
    void older.run('older', async () => {
      const next = await client.showHistory({ cursor });
      setPage((known) => known && withOlder(known, cursor, next));
    });
  };

  return { page, parseDevice, failure, loading, reload: () => void reload(), older, more };
}
