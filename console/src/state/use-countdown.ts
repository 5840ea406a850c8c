import { useEffect, useReducer } from 'react';
import type { ServerClock } from '../api/clock.ts';
import { millisUntilNextSecond, secondsUntil } from './countdown.ts';

/** Seconds until `until` by the server's clock, kept up to date while the component is shown. */
export function useCountdown(until: string | null, clock: ServerClock): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const left = secondsUntil(until, clock.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const schedule = () => {
      const wait = millisUntilNextSecond(until, clock.now());
      if (wait === undefined) return;
      timer = setTimeout(() => {
        tick();
        schedule();
      }, wait);
    };
    schedule();
    return () => clearTimeout(timer);
  }, [until, clock]);
  return left;
}
