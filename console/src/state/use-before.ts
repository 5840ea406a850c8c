import { useEffect, useReducer } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';

/** Whether `until` is still to come by the server's clock; told anew once, when it comes. */
export function useBefore(until: string | null, clock: ServerClock): boolean {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const leftMillis = until === null ? 0 : Date.parse(until) - clock.now();
  const before = leftMillis > 0;
  useEffect(() => {
    if (until === null || !before) return;
    const timer = setTimeout(tick, Date.parse(until) - clock.now());
    return () => clearTimeout(timer);
  }, [until, before, clock]);
  return before;
}
