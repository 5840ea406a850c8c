import type { EpochSeconds } from './rules.ts';
import {
  clockWindow,
  quotaExceeded,
  type Span,
  type SpendingLimits,
  UNVERIFIED_PER_ACCOUNT,
} from './spending.ts';

/** A count of one hour or day of the clock; of another it is none. */
interface WindowCount {
  /** As `clockWindow` names it. */
  readonly window: string;
  readonly count: number;
}

/** What the sessions that one method of an account opened have asked for. What they spend is not lacking to another method's. */
export interface Spent {
  /** Codes of the day. */
  readonly codes?: WindowCount;
  /** Codes by SMS of the hour that are not verified. */
  readonly unverified?: WindowCount;
  /** Pseudonyms of the addresses of the day that codes to link were mailed to, and marks of those that mail came back from. */
  readonly addresses?: { readonly window: string; readonly keys: readonly string[] };
}

const SPANS = { codes: 'day', unverified: 'hour' } as const satisfies Partial<Record<keyof Spent, Span>>;
type Counted = keyof typeof SPANS;

function countOf(spent: Spent, what: Counted, now: EpochSeconds): number {
  const counted = spent[what];
  return counted?.window === clockWindow(SPANS[what], now).id ? counted.count : 0;
}

function withMore(spent: Spent, what: Counted, more: number, now: EpochSeconds): Spent {
  const window = clockWindow(SPANS[what], now).id;
  return { ...spent, [what]: { window, count: countOf(spent, what, now) + more } };
}

/** @throws Problem `quota_exceeded` if the day's codes are spent */
export function countCode(
  spent: Spent,
  { now, limits }: { readonly now: EpochSeconds; readonly limits: SpendingLimits },
): Spent {
  if (countOf(spent, 'codes', now) >= limits.sendsPerAccountPerDay)
    throw quotaExceeded(clockWindow('day', now), now);
  return withMore(spent, 'codes', 1, now);
}

/**
 * Counts one code by SMS that is not verified yet.
 *
 * @param at.isLimited refuses more than `UNVERIFIED_PER_ACCOUNT` of an hour
 * @throws Problem `quota_exceeded`
 */
export function countUnverified(
  spent: Spent,
  { now, isLimited }: { readonly now: EpochSeconds; readonly isLimited: boolean },
): Spent {
  if (isLimited && countOf(spent, 'unverified', now) >= UNVERIFIED_PER_ACCOUNT)
    throw quotaExceeded(clockWindow('hour', now), now);
  return withMore(spent, 'unverified', 1, now);
}

/** A code by SMS was verified. */
export function creditVerified(spent: Spent, now: EpochSeconds): Spent {
  return withMore(spent, 'unverified', -1, now);
}

/** What was counted at a time for a code that was not sent is taken back, as long as its hour or day lasts. */
export function refund(spent: Spent, counted: readonly Counted[], countedAt: EpochSeconds): Spent {
  return counted.reduce(
    (left, what) =>
      left[what]?.window === clockWindow(SPANS[what], countedAt).id
        ? withMore(left, what, -1, countedAt)
        : left,
    spent,
  );
}

/** Beside the address itself: so an address that mail has come back from takes the room of two. */
const cameBack = (addressKey: string) => `${addressKey}#back`;

function addressesOf({ addresses }: Spent, now: EpochSeconds): readonly string[] {
  return addresses?.window === clockWindow('day', now).id ? addresses.keys : [];
}

function withAddress(spent: Spent, key: string, now: EpochSeconds): Spent {
  const before = addressesOf(spent, now);
  const keys = before.includes(key) ? before : [...before, key];
  return { ...spent, addresses: { window: clockWindow('day', now).id, keys } };
}

/**
 * Counts an address that a code is mailed to, if it is a new one today; one that mail has come back from today gets no other.
 *
 * @param addressKey a pseudonym of it
 * @throws Problem `quota_exceeded`
 */
export function countAddress(
  spent: Spent,
  addressKey: string,
  { now, limits }: { readonly now: EpochSeconds; readonly limits: SpendingLimits },
): Spent {
  const chosen = addressesOf(spent, now);
  const hasRoom = chosen.includes(addressKey) || chosen.length < limits.mailAddressesPerAccountPerDay;
  if (!hasRoom || chosen.includes(cameBack(addressKey))) throw quotaExceeded(clockWindow('day', now), now);
  return withAddress(spent, addressKey, now);
}

/** Mail to an address that somebody chose has come back: it takes the room of one more. The same of the same day is counted once. */
export function countCameBack(spent: Spent, addressKey: string, now: EpochSeconds): Spent {
  return withAddress(spent, cameBack(addressKey), now);
}
