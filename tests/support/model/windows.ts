import { Refused } from './answers.ts';
import { type At, DAY, type Rules } from './state.ts';

/** When there is room for one more, where at most `limit` may be within `seconds`; `times` newest first. */
export function roomAt(times: readonly At[], limit: number, seconds: number): At {
  const first = times[limit - 1];
  return first === undefined ? 0 : first + seconds;
}

/** Seconds to wait, as `retryAfter` says it. */
export const wait = (until: At, now: At): number => Math.max(1, until - now);

export function requireInterval(resendAt: At | undefined, now: At): void {
  if (resendAt !== undefined && resendAt > now) throw new Refused('too_soon', { retryAfter: resendAt - now });
}

export function requireRoom(sends: readonly At[], now: At, { sendsPer10Minutes, sendsPerDay }: Rules): void {
  const until = Math.max(roomAt(sends, sendsPer10Minutes, 600), roomAt(sends, sendsPerDay, DAY));
  if (until > now) throw new Refused('quota_exceeded', { retryAfter: until - now });
}

/** What a number of wrong guesses is counted in. */
export interface Budget {
  /** Days' worth of wrong guesses: one, but for what all known browsers of an address have together. */
  readonly budgets?: number;
  /** A day, but for a link to the phone, that has its guesses for as long as it is good. */
  readonly seconds?: number;
}

export function requireGuesses(
  failures: readonly At[],
  now: At,
  { failuresPerDay }: Rules,
  { budgets = 1, seconds = DAY }: Budget = {},
): void {
  const until = roomAt(failures, budgets * failuresPerDay, seconds);
  if (until > now) throw new Refused('too_many_attempts', { retryAfter: until - now });
}

export function failuresLeft(
  failures: readonly At[],
  now: At,
  { failuresPerDay }: Rules,
  { budgets = 1, seconds = DAY }: Budget = {},
): number {
  const counted = failures.filter((at) => at + seconds > now).length;
  return Math.max(0, budgets * failuresPerDay - counted);
}
