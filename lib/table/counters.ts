import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import type { WayIn } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, secondsUntil } from '../linking/rules.ts';
import type { Randomness } from '../linking/secrets.ts';
import {
  type ClockWindow,
  clockWindow,
  DAILY_LIMITS,
  HOUR_SECONDS,
  type Spender,
  type SpendingLimits,
  UNVERIFIED_PER_ACCOUNT,
} from '../linking/spending.ts';
import {
  commit,
  type Fragment,
  type Item,
  readItems,
  StaleView,
  stale,
  type Table,
  update,
} from './client.ts';
import { type Key, keys } from './keys.ts';

/** What a message is counted by. */
export interface Counting {
  readonly now: EpochSeconds;
  readonly limits: SpendingLimits;
  /** Chooses among the shards of a cap. */
  readonly random: Randomness;
}

/** One message in one counter; the key is kept so that it can be taken back. */
export interface Counted {
  readonly fragment: Fragment;
  readonly key: Key;
}

const countSchema = z.object({ count: z.int() });
/** 0 if there is no counter yet. */
export const parseCount = (item: Item | undefined): number =>
  item === undefined ? 0 : countSchema.parse(item).count;

const COUNT_NAMES = { '#count': 'count' };

/** A counter is kept a little longer than its window, for clocks that are behind. */
export const counterExpiresAt = (window: ClockWindow): EpochSeconds => window.endsAt + HOUR_SECONDS;

/**
 * One more than before, if that is within `limit`.
 *
 * @throws the refusal at once if the limit is 0
 */
export function counted(
  table: Table,
  key: Key,
  window: ClockWindow,
  limit: number,
  refusal: Fragment['refusal'],
): Counted {
  if (limit <= 0) throw refusal(undefined);
  const fragment = update(
    table,
    key,
    'SET expiresAt = :expiresAt ADD #count :one',
    {
      if: 'attribute_not_exists(#count) OR #count < :limit',
      names: COUNT_NAMES,
      values: { ':one': 1, ':limit': limit, ':expiresAt': counterExpiresAt(window) },
    },
    refusal,
  );
  return { fragment, key };
}

/** So many more than before, whatever that was. */
export function added(table: Table, key: Key, window: ClockWindow, count: number): Counted {
  const write = {
    Update: {
      TableName: table.name,
      Key: key,
      UpdateExpression: 'SET expiresAt = :expiresAt ADD #count :count',
      ExpressionAttributeNames: COUNT_NAMES,
      ExpressionAttributeValues: { ':count': count, ':expiresAt': counterExpiresAt(window) },
    },
  };
  return { fragment: { write, refusal: stale }, key };
}

const quotaExceeded = (window: ClockWindow, now: EpochSeconds) =>
  new Problem('quota_exceeded', { retryAfter: secondsUntil(window.endsAt, now) });

export const spenderSubject = ({ accountId, openedBy }: Spender): string => `${accountId}#${openedBy}`;

/** Counts one code that an account asked for. Refused with Problem `quota_exceeded`. */
export function accountSendCounted(table: Table, spender: Spender, { now, limits }: Counting): Counted {
  const window = clockWindow('day', now);
  const key = keys.counter('account', spenderSubject(spender), window.id);
  return counted(table, key, window, limits.sendsPerAccountPerDay, () => quotaExceeded(window, now));
}

/**
 * Counts one code by SMS that an account asked for and has not verified yet.
 *
 * @param isLimited refuses more than `UNVERIFIED_PER_ACCOUNT`, with Problem `quota_exceeded`
 */
export function accountUnverifiedCounted(
  table: Table,
  spender: Spender,
  { now, isLimited }: { now: EpochSeconds; isLimited: boolean },
): Counted {
  const window = clockWindow('hour', now);
  const key = keys.counter('unverified', spenderSubject(spender), window.id);
  return isLimited
    ? counted(table, key, window, UNVERIFIED_PER_ACCOUNT, () => quotaExceeded(window, now))
    : added(table, key, window, 1);
}

/** A code by SMS that an account asked for was verified. */
export function accountVerified(table: Table, spender: Spender, now: EpochSeconds): Fragment {
  const window = clockWindow('hour', now);
  return added(table, keys.counter('unverified', spenderSubject(spender), window.id), window, -1).fragment;
}

/** A lower limit than that of an IP address, and what refuses a count above it. */
export interface SoftLimit {
  readonly after: number;
  readonly refusal: () => Error;
}

/**
 * Counts one request of an IP address. What refuses it is remembered, so that the next costs no write.
 *
 * @throws Problem `quota_exceeded` at once if this process knows that the address has had its share
 */
function ipCounted(
  table: Table,
  of: { readonly scope: string; readonly network: string; readonly limit: number },
  now: EpochSeconds,
  soft?: SoftLimit,
): Counted {
  const window = clockWindow('hour', now);
  const key = keys.counter(of.scope, of.network, window.id);
  if (table.fullCallers.holds(key, now)) throw quotaExceeded(window, now);
  return counted(table, key, window, Math.min(of.limit, soft?.after ?? of.limit), (old) => {
    if (soft && parseCount(old) < of.limit) return soft.refusal();
    table.fullCallers.note(key, window.endsAt, now);
    return quotaExceeded(window, now);
  });
}

/**
 * Counts one code that an IP address asked for. Refused with Problem `quota_exceeded`, or thrown at once.
 *
 * @param network a pseudonym of it
 */
export function ipSendCounted(
  table: Table,
  network: string,
  { now, limits }: Counting,
  soft?: SoftLimit,
): Counted {
  return ipCounted(table, { scope: 'ip', network, limit: limits.sendsPerIpPerHour }, now, soft);
}

/** Counts one sign-in with an OAuth provider that an IP address began, as `ipSendCounted` does. */
export function ipSignInCounted(table: Table, network: string, { now, limits }: Counting): Counted {
  return ipCounted(table, { scope: 'ip_sign_in', network, limit: limits.signInsPerIpPerHour }, now);
}

/** Counts one code of a notice that an IP address tried, as `ipSendCounted` does. */
export function ipUndoCodeCounted(table: Table, network: string, { now, limits }: Counting): Counted {
  return ipCounted(table, { scope: 'ip_undo', network, limit: limits.undoCodesPerIpPerHour }, now);
}

/** Whose share of a day something is, as an account has one for each method. */
interface Sharer {
  readonly accountId: AccountId;
  readonly provider: WayIn;
}

const dailyKey = (what: keyof typeof DAILY_LIMITS, { accountId, provider }: Sharer, now: EpochSeconds) =>
  keys.counter(what, `${accountId}#${provider}`, clockWindow('day', now).id);

/** Counts one more of what an account has a limited number of in a day, for each method. Refused with Problem `quota_exceeded`. */
export function dailyCounted(
  table: Table,
  what: keyof typeof DAILY_LIMITS,
  of: Sharer,
  now: EpochSeconds,
): Fragment {
  const window = clockWindow('day', now);
  return counted(table, dailyKey(what, of, now), window, DAILY_LIMITS[what], () => quotaExceeded(window, now))
    .fragment;
}

/** Counts what was seen to be the first of the day; if by now it is not, that is to be judged anew. */
export function firstCounted(
  table: Table,
  what: keyof typeof DAILY_LIMITS,
  of: Sharer,
  now: EpochSeconds,
): Fragment {
  return counted(table, dailyKey(what, of, now), clockWindow('day', now), 1, stale).fragment;
}

/** How many of them there were today. */
export async function readDailyCount(
  table: Table,
  what: keyof typeof DAILY_LIMITS,
  of: Sharer,
  now: EpochSeconds,
): Promise<number> {
  const key = dailyKey(what, of, now);
  return parseCount((await readItems(table, [key])).get(key));
}

/** Takes back what was counted for something that was not sent. What has expired by then stays as it is. */
export async function refundCounts(table: Table, refundable: readonly Counted[]): Promise<void> {
  const fragments = refundable.map(({ key }) =>
    update(
      table,
      key,
      'ADD #count :less',
      { if: 'attribute_exists(#count)', names: COUNT_NAMES, values: { ':less': -1 } },
      stale,
    ),
  );
  try {
    await commit(table, fragments);
  } catch (error) {
    if (!(error instanceof StaleView)) throw error;
  }
  for (const { key } of refundable) table.fullCallers.forget(key);
}
