import type { PhoneNumber } from './phone.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, secondsUntil } from './rules.ts';

/** What a deployment lets itself be made to send, and to whom; counts of messages. */
export interface SpendingLimits {
  readonly sendsPerAccountPerDay: number;
  readonly sendsPerIpPerHour: number;
  /** Calling codes, or longer prefixes, of the numbers that are sent to, such as `86`. */
  readonly smsCountries: readonly string[];
  readonly smsPerHour: number;
  readonly smsPerDay: number;
  readonly mailsPerHour: number;
  readonly mailsPerDay: number;
  /** For each channel. */
  readonly noticesPerHour: number;
  readonly noticesPerDay: number;
  /** Codes by SMS for each one that is verified; 0: as many as you like. */
  readonly unverifiedRatioLimit: number;
}

/** What a notice is about: a change of what is linked, or anything else. */
export type NoticeKind = 'change' | 'other';

/** The guards that stop everybody, where the ones for a phone, an address, an account or an IP stop one. */
export type CapName =
  | 'country'
  | 'ratio'
  | 'sms'
  | 'mail'
  | 'notice_sms'
  | 'notice_mail'
  | 'other_notice_sms'
  | 'other_notice_mail';

/**
 * A guard that is closed, for the hour or day that `retryAfter` ends with: 503 `unavailable`. It is not the caller's doing, and
 * an operator wants to know.
 */
export class SpendingCapReached extends Problem {
  readonly cap: CapName;

  constructor(cap: CapName, until: EpochSeconds, now: EpochSeconds) {
    super('unavailable', { retryAfter: secondsUntil(until, now) });
    this.cap = cap;
  }
}

export type Span = 'hour' | 'day';

/** An hour or day of the clock, in UTC: what is counted in it is forgotten at its end. */
export interface ClockWindow {
  /** Such as `HOUR#2026112410` or `DAY#20261124`. */
  readonly id: string;
  readonly endsAt: EpochSeconds;
}

export const HOUR_SECONDS = 60 * 60;

const SPANS = {
  hour: { name: 'HOUR', digits: 10, seconds: HOUR_SECONDS },
  day: { name: 'DAY', digits: 8, seconds: DAY_SECONDS },
} as const;

/** The window that `now` is in. */
export function clockWindow(span: Span, now: EpochSeconds): ClockWindow {
  const { name, digits, seconds } = SPANS[span];
  const beganAt = now - (now % seconds);
  const stamp = new Date(beganAt * 1000).toISOString().replace(/\D/g, '').slice(0, digits);
  return { id: `${name}#${stamp}`, endsAt: beganAt + seconds };
}

const MAX_SHARDS = 10;
const SHARD_MIN = 100;

/**
 * Cuts a limit into those of several counters, so that no key is written to for everything that is sent: at most ten, each of at
 * least `min` (but for one that is all there is), all together exactly the limit. None where nothing may be sent.
 */
export function shardLimits(limit: number, min = SHARD_MIN): readonly number[] {
  if (limit === 0) return [];
  const shards = Math.min(MAX_SHARDS, Math.max(1, Math.floor(limit / min)));
  return Array.from(
    { length: shards },
    (_, index) => Math.floor(limit / shards) + Number(index < limit % shards),
  );
}

/**
 * No calling code is the beginning of another (ITU-T E.164), so a prefix is the country.
 *
 * @throws SpendingCapReached where nothing is sent to the phone's country
 */
export function requireServedCountry(
  phone: PhoneNumber,
  countries: readonly string[],
  now: EpochSeconds,
): void {
  if (!countries.some((code) => phone.startsWith(`+${code}`)))
    throw new SpendingCapReached('country', now + DAY_SECONDS, now);
}

/**
 * So many sign-ins on new devices are told of in a day, an account: signing in by WeChat or QQ costs nothing, and an SMS does. Changes
 * need no such limit, since each takes a code of the account's own.
 */
export const NEW_DEVICE_NOTICES_PER_DAY = 10;

/** Numbers are pumped by the range: a number without its last four digits. */
export function numberRange(phone: PhoneNumber): string {
  return phone.slice(0, -4);
}

/**
 * Codes by SMS in an hour that need no verified one yet: to one range of numbers, and over all. From there on each verified code
 * makes room for as many as `UNVERIFIED_RATIO_LIMIT` says.
 */
export const UNVERIFIED_GRACE = { range: 20, overall: 100 } as const;
