import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules, secondsUntil } from './rules.ts';

/** Moments of one kind, newest first. Old ones may linger: what counts is decided by their time. */
export type Moments = readonly EpochSeconds[];

/** A rolling window: at most `limit` moments within any `seconds`. */
export interface Window {
  readonly limit: number;
  readonly seconds: number;
}

/** When the window has room again, or undefined if it has room now. */
export function fullUntil(moments: Moments, window: Window, now: EpochSeconds): EpochSeconds | undefined {
  const oldestThatCounts = moments[window.limit - 1];
  if (oldestThatCounts === undefined) return undefined;
  const until = oldestThatCounts + window.seconds;
  return until > now ? until : undefined;
}

export function sendWindows(rules: Rules): readonly Window[] {
  return [
    { limit: rules.sendsPer10Minutes, seconds: 600 },
    { limit: rules.sendsPerDay, seconds: DAY_SECONDS },
  ];
}

/** Throws `quota_exceeded` if any of the windows of sends is full. */
export function requireRoomToSend(moments: Moments, windows: readonly Window[], now: EpochSeconds): void {
  const until = windows.map((window) => fullUntil(moments, window, now) ?? 0);
  const latest = Math.max(...until);
  if (latest > now) throw new Problem('quota_exceeded', { retryAfter: secondsUntil(latest, now) });
}

/** Throws `too_soon` until `resendAt`. */
export function requireResendInterval(resendAt: EpochSeconds | undefined, now: EpochSeconds): void {
  if (resendAt !== undefined && resendAt > now)
    throw new Problem('too_soon', { retryAfter: secondsUntil(resendAt, now) });
}

/** The wrong guesses of a day. */
export function failureWindow(rules: Pick<Rules, 'codeFailuresPerDay'>): Window {
  return { limit: rules.codeFailuresPerDay, seconds: DAY_SECONDS };
}

/** Throws `too_many_attempts` if the wrong guesses of a window are spent. */
export function requireGuessesLeft(failures: Moments, window: Window, now: EpochSeconds): void {
  const until = fullUntil(failures, window, now);
  if (until !== undefined) throw new Problem('too_many_attempts', { retryAfter: secondsUntil(until, now) });
}

/** How many moments more a window still allows. */
export function roomLeft(moments: Moments, { limit, seconds }: Window, now: EpochSeconds): number {
  const counted = moments.filter((at) => at + seconds > now).length;
  return Math.max(0, limit - counted);
}

/** With one more, and without those that have left the window. */
export function withMoment(moments: Moments, { seconds }: Window, now: EpochSeconds): Moments {
  return [now, ...moments.filter((at) => at + seconds > now)];
}
