import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, secondsUntil } from '../linking/rules.ts';
import type { Randomness } from '../linking/secrets.ts';
import {
  type ClockWindow,
  clockWindow,
  HOUR_SECONDS,
  NEW_DEVICE_NOTICES_PER_DAY,
  type SpendingLimits,
} from '../linking/spending.ts';
import { commit, type Fragment, type Item, StaleView, stale, type Table, update } from './client.ts';
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

export const COUNT_NAMES = { '#count': 'count' };

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

const quotaExceeded = (window: ClockWindow, now: EpochSeconds) =>
  new Problem('quota_exceeded', { retryAfter: secondsUntil(window.endsAt, now) });

/** Counts one code that an account asked for. Refused with Problem `quota_exceeded`. */
export function accountSendCounted(table: Table, id: AccountId, { now, limits }: Counting): Counted {
  const window = clockWindow('day', now);
  const key = keys.counter('account', id, window.id);
  return counted(table, key, window, limits.sendsPerAccountPerDay, () => quotaExceeded(window, now));
}

/** A lower limit than that of an IP address, and what refuses a count above it. */
export interface SoftLimit {
  readonly after: number;
  readonly refusal: () => Error;
}

/**
 * Counts one code that an IP address asked for. Refused with Problem `quota_exceeded`.
 *
 * @param network a pseudonym of it
 */
export function ipSendCounted(
  table: Table,
  network: string,
  { now, limits }: Counting,
  soft?: SoftLimit,
): Counted {
  const window = clockWindow('hour', now);
  const hard = limits.sendsPerIpPerHour;
  return counted(
    table,
    keys.counter('ip', network, window.id),
    window,
    Math.min(hard, soft?.after ?? hard),
    (old) => (soft && parseCount(old) < hard ? soft.refusal() : quotaExceeded(window, now)),
  );
}

/** Counts one sign-in on a new device that an account is notified of. Refused with Problem `quota_exceeded`. */
export function newDeviceNoticeCounted(table: Table, id: AccountId, now: EpochSeconds): Fragment {
  const window = clockWindow('day', now);
  const key = keys.counter('new_device', id, window.id);
  return counted(table, key, window, NEW_DEVICE_NOTICES_PER_DAY, () => quotaExceeded(window, now)).fragment;
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
}
