import { useCallback, useEffect, useRef, useState } from 'react';
import { asFailure, type Failure } from '../../../client/src/failure.ts';

const SLOW_MILLIS = 300;

export interface Task<Name extends string> {
  /** Which task is under way; nothing else is started until it ends. */
  readonly running: Name | null;
  /** It has run long enough for a person to notice: show that something happens. */
  readonly slow: boolean;
  readonly failure: Failure | null;
  readonly setFailure: (failure: Failure | null) => void;
  /** Run one task. A {@link Failure} is kept in `failure`; a second call while one runs does nothing. */
  readonly run: (name: Name, work: () => Promise<void>) => Promise<void>;
}

/** One task at a time, so that a double click does nothing twice, with its failure and its being slow. */
export function useTask<Name extends string>(): Task<Name> {
  const [running, setRunning] = useState<Name | null>(null);
  const [slow, setSlow] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const busy = useRef(false);

  useEffect(() => {
    if (running === null) return;
    const timer = setTimeout(() => setSlow(true), SLOW_MILLIS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [running]);

  const run = useCallback(async (name: Name, work: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setRunning(name);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      busy.current = false;
      setRunning(null);
    }
  }, []);

  return { running, slow, failure, setFailure, run };
}
