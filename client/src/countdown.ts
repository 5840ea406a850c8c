import type { ServerClock } from './clock.ts';

/**
 * Seconds until a moment, as a countdown shows them. Rounded down, so that a minute starts at 60 or 59, and never 0
 * before the moment has come.
 *
 * @param until ISO 8601, or null where there is nothing to wait for
 * @param nowMillis the server's time
 */
export function secondsUntil(until: string | null, nowMillis: number): number {
  const millis = until === null ? Number.NaN : Date.parse(until) - nowMillis;
  return millis > 0 ? Math.max(1, Math.floor(millis / 1000)) : 0;
}

/** Milliseconds until {@link secondsUntil} may show another number; undefined when it shows 0 for good. */
export function millisUntilNextSecond(until: string | null, nowMillis: number): number | undefined {
  if (until === null || secondsUntil(until, nowMillis) === 0) return undefined;
  // One more, because at a whole second the number has not changed yet.
  return ((Date.parse(until) - nowMillis) % 1000) + 1;
}

/**
 * Counts down to a moment.
 *
 * @param until ISO 8601, or null where there is nothing to wait for
 * @param tell called with the seconds that are left: at once, and whenever there are fewer; the last time with 0
 * @returns the function that stops it
 */
export function countDown(
  until: string | null,
  clock: Pick<ServerClock, 'now'>,
  tell: (seconds: number) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told: number | undefined;
  const count = () => {
    const now = clock.now();
    const seconds = secondsUntil(until, now);
    const wait = millisUntilNextSecond(until, now);
    if (wait !== undefined) timer = setTimeout(count, wait);
    // The last one stays until the moment has come.
    if (seconds !== told) tell(seconds);
    told = seconds;
  };
  count();
  return () => clearTimeout(timer);
}
