import type { Provider } from './identity.ts';

/** The rules of codes, checks and sessions that a deployment may set; durations in seconds. */
export interface Rules {
  /** What people sign in with; all others are as good as unknown. */
  readonly signInProviders: readonly Provider[];
  readonly linkableProviders: readonly Provider[];
  readonly smsCodeTtlSeconds: number;
  readonly mailCodeTtlSeconds: number;
  readonly checkTtlSeconds: number;
  readonly flowTtlSeconds: number;
  readonly codeAttempts: number;
  readonly codeFailuresPerDay: number;
  readonly resendSeconds: number;
  readonly sendsPer10Minutes: number;
  readonly sendsPerDay: number;
  readonly sessionIdleSeconds: number;
  readonly sessionMaxSeconds: number;
  /** How long a method that was just linked changes nothing; 0 for no time at all. */
  readonly probationSeconds: number;
  /** How long an unlinked identity can return to the same account only. */
  readonly coolingOffSeconds: number;
}

/** Whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number;

/** @param clock milliseconds since 1970 */
export function epochSeconds(clock: () => number): EpochSeconds {
  return Math.floor(clock() / 1000);
}

export const DAY_SECONDS = 24 * 60 * 60;
/** How long a window can be opened in, and a link that it led to be finished in: both are done by a page, at once. */
export const WINDOW_SECONDS = 60;
/** How long "this wasn't me" can be said of something. */
export const UNDO_SECONDS = 3 * DAY_SECONDS;

/** ISO 8601 UTC, as the contract shows times. */
export function toIso(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString();
}

/** How long a code lasts, as a message says it in whole minutes: never longer than is true. */
export function validMinutes(ttlSeconds: number): number {
  return Math.max(1, Math.floor(ttlSeconds / 60));
}

/** How long to wait until `at`, as `Retry-After` says it: whole seconds, at least 1. */
export function secondsUntil(at: EpochSeconds, now: EpochSeconds): number {
  return Math.max(1, at - now);
}
