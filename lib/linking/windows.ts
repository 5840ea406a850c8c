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

/** Throws `quota_exceeded` if any window of sends is full. */
export function requireRoomToSend(moments: Moments, rules: Rules, now: EpochSeconds): void {
  const until = sendWindows(rules).map((window) => fullUntil(moments, window, now) ?? 0);
  const latest = Math.max(...until);
  if (latest > now) throw new Problem('quota_exceeded', { retryAfter: secondsUntil(latest, now) });
}

/** Throws `too_soon` until `resendAt`. */
export function requireResendInterval(resendAt: EpochSeconds | undefined, now: EpochSeconds): void {
  if (resendAt !== undefined && resendAt > now)
    throw new Problem('too_soon', { retryAfter: secondsUntil(resendAt, now) });
}

export function failureWindow(rules: Rules): Window {
  return { limit: rules.codeFailuresPerDay, seconds: DAY_SECONDS };
}

/** Throws `too_many_attempts` if a day's wrong guesses are spent. */
export function requireGuessesLeftToday(failures: Moments, rules: Rules, now: EpochSeconds): void {
  const until = fullUntil(failures, failureWindow(rules), now);
  if (until !== undefined) throw new Problem('too_many_attempts', { retryAfter: secondsUntil(until, now) });
}

/** How many wrong guesses the day still allows. */
export function guessesLeftToday(failures: Moments, rules: Rules, now: EpochSeconds): number {
  const counted = failures.filter((at) => at + DAY_SECONDS > now).length;
  return Math.max(0, rules.codeFailuresPerDay - counted);
}

/** With one more, and without those that are a day old. */
export function withFailure(failures: Moments, now: EpochSeconds): Moments {
  return [now, ...failures.filter((at) => at + DAY_SECONDS > now)];
}
