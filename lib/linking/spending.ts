import type { AccountId } from './account.ts';
import type { Channel } from './channel.ts';
import type { WayIn } from './identity.ts';
import type { PhoneNumber } from './phone.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, secondsUntil } from './rules.ts';

/** What a deployment can be made to send, and to which countries; counts of messages. */
export interface SpendingLimits {
  readonly sendsPerAccountPerDay: number;
  /** Addresses that codes to link are mailed to, for each `Spender`; one that mail comes back from counts twice. */
  readonly mailAddressesPerAccountPerDay: number;
  readonly sendsPerIpPerHour: number;
  /** Sign-ins with an OAuth provider that are begun. */
  readonly signInsPerIpPerHour: number;
  /** Codes of notices that are tried. */
  readonly undoCodesPerIpPerHour: number;
  /** Calling codes, or longer prefixes, of the numbers that are sent to, such as `86`. */
  readonly smsCountries: readonly string[];
  readonly smsPerHour: number;
  readonly smsPerDay: number;
  readonly mailsPerHour: number;
  readonly mailsPerDay: number;
  /** Per channel. */
  readonly noticesPerHour: number;
  readonly noticesPerDay: number;
  /** Codes by SMS for each one that is verified; 0 switches the ratio off. */
  readonly unverifiedRatioLimit: number;
}

/**
 * Whose codes are counted: an account's, apart for each method that opened the session which asks. What sessions of one method spend is
 * not lacking to another's.
 */
export interface Spender {
  readonly accountId: AccountId;
  readonly openedBy: WayIn;
}

/**
 * What a code is counted as by the deployment's caps: its channel, or a sign-in mail for a browser that is not known to the address.
 * Anybody can ask for those.
 */
export type CodeKind = 'sms' | 'mail' | 'stranger_mail';

/** Of the cap of mail, one part in so many is all that strangers can use: the rest is kept for known browsers and signed-in accounts. */
export const STRANGERS_PART = 2;

/** Strangers' part of the mail cap is nearly spent from here on: only humans get of what is left, where that can be checked. */
export const NEARLY_SPENT = 3 / 4;

/** What a notice is about: a change of an account, a sign-in or an attempt at one, or guesses that are spent. */
export type NoticeKind = 'change' | 'sign_in' | 'lock';

/**
 * Of the cap of notices, one part in so many is all that a kind can use. Changes can use the whole, since each takes a code of the
 * account's own: neither signing in everywhere nor locking address after address keeps an owner from being notified of one.
 */
export const NOTICE_PARTS: Readonly<Record<NoticeKind, number>> = { change: 1, sign_in: 2, lock: 5 };

/** The caps that stop everybody's messages, as the quotas of a phone, an address, an account or an IP address stop one caller's. */
export type CapName = CodeKind | `notice_${Channel}` | `${Exclude<NoticeKind, 'change'>}_notice_${Channel}`;

/**
 * A spending cap is reached, until the end of the hour or day: 503 `unavailable`. It is not the caller's doing, and an operator wants
 * to know.
 */
export class SpendingCapReached extends Problem {
  readonly cap: CapName;

  constructor(cap: CapName, until: EpochSeconds, now: EpochSeconds) {
    super('unavailable', { retryAfter: secondsUntil(until, now) });
    this.cap = cap;
  }
}

export type Span = 'hour' | 'day';

/** An hour or day of the clock, in UTC: what is counted in it is forgotten when it ends. */
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

/** Of what may be asked for again in the next hour, or day. */
export const quotaExceeded = (window: ClockWindow, now: EpochSeconds) =>
  new Problem('quota_exceeded', { retryAfter: secondsUntil(window.endsAt, now) });

const MAX_SHARDS = 10;
const SHARD_MIN = 100;

/**
 * Into how many shards a limit is cut, so that no one key is written to for everything that is sent: at most ten, each of at least
 * `SHARD_MIN` unless it is the only one.
 */
export function shardCount(limit: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.floor(limit / SHARD_MIN)));
}

/** Cuts a limit into those of several shards, together exactly the limit. */
export function shardLimits(limit: number, shards = shardCount(limit)): readonly number[] {
  return Array.from(
    { length: shards },
    (_, index) => Math.floor(limit / shards) + Number(index < limit % shards),
  );
}

/** Whether SMS go to the phone's country. No calling code is the beginning of another (ITU-T E.164), so a prefix is the country. */
export function isServed(phone: PhoneNumber, countries: readonly string[]): boolean {
  return countries.some((code) => phone.startsWith(`+${code}`));
}

/** By which of these calling codes a number is counted: the longest that it begins with, or `other`. No more of it is told than that. */
export function countryOf(phone: string, countries: readonly string[]): string {
  const codes = countries.filter((code) => phone.startsWith(`+${code}`));
  return codes.toSorted((left, right) => right.length - left.length)[0] ?? 'other';
}

/**
 * How often in a day, for each method of an account. The owner is notified of each: signing in with WeChat or QQ costs its caller nothing,
 * and the SMS costs us. Changes need no such limit, since each takes a code of the account's own.
 */
export const DAILY_LIMITS = {
  /** Sign-ins on new devices that are notified of. */
  new_device: 10,
  /** Sign-ins with the method, while it is suspended, that are notified of. */
  refused_sign_in: 5,
  /** That its sessions sign everybody out, or disown a notice; beyond it they can't, so that the owner misses none. */
  sign_out: 10,
  /** That its sessions end others, one by one. The owner is notified of the first: its link gets them back in, and more would bury it. */
  end_session: 20,
} as const;

/** A number without its last four digits: numbers are pumped by the range. */
export function numberRange(phone: PhoneNumber): string {
  return phone.slice(0, -4);
}

/**
 * Codes by SMS that may go unverified in an hour before the ratio of codes sent to codes verified is over its limit: to one range of
 * numbers, and in all. From then on each verified code makes room for as many as `UNVERIFIED_RATIO_LIMIT` says.
 */
export const UNVERIFIED_GRACE = { range: 20, overall: 100 } as const;

/** Codes that an account may leave unverified in an hour before it gets no more, as long as the ratio is over its limit. */
export const UNVERIFIED_PER_ACCOUNT = 3;
