/** The server's time, told from a clock that may be wrong. Milliseconds since the epoch. */
export interface ServerClock {
  readonly now: () => number;
  /**
   * Learn from one answer.
   *
   * @param date the `Date` header (RFC 9110, section 6.6.1), which is cut to whole seconds; null where there is none
   */
  readonly observe: (date: string | null, sentAtMillis: number, receivedAtMillis: number) => void;
}

const HEADER_RESOLUTION_MILLIS = 1000;

/**
 * Each answer bounds how far this machine's clock is off: the header was written between sending and receiving, in the
 * second it names. The bounds of all answers are narrowed to what they share, and `now` uses the lower one, so that a
 * countdown never ends before the server's does. Where they share nothing, the clock was set, and the last answer counts.
 */
export function createServerClock(localNow: () => number): ServerClock {
  let bounds: { readonly low: number; readonly high: number } | undefined;
  return {
    now: () => localNow() + (bounds?.low ?? 0),
    observe: (date, sentAtMillis, receivedAtMillis) => {
      const server = date === null ? Number.NaN : Date.parse(date);
      if (Number.isNaN(server)) return;
      const low = server - receivedAtMillis;
      const high = server + HEADER_RESOLUTION_MILLIS - sentAtMillis;
      const shared = bounds && { low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
      bounds = shared && shared.low <= shared.high ? shared : { low, high };
    },
  };
}
