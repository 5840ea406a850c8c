import { useEffect, useReducer } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import { countDown, secondsUntil } from '../../../client/src/countdown.ts';

/** Seconds until `until` by the server's clock, kept up to date while the component is shown. */
export function useCountdown(until: string | null, clock: ServerClock): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => countDown(until, clock, tick), [until, clock]);
  return secondsUntil(until, clock.now());
}
