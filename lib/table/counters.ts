import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import type { WayIn } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Randomness } from '../linking/secrets.ts';
import {
  type ClockWindow,
  clockWindow,
  DAILY_LIMITS,
  HOUR_SECONDS,
  quotaExceeded,
  type SpendingLimits,
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
import { formatKey, type Key, keys } from './keys.ts';

/** What a message is counted by. */
export interface Counting {
  readonly now: EpochSeconds;
  readonly limits: SpendingLimits;
  /** Chooses among the shards of a cap. */
  readonly random: Randomness;
}

/** A change of one count of an item. Those of one item are written at once. */
export interface Count {
  readonly key: Key;
  /** The attribute that holds it. */
  readonly name: string;
  /** How many more; fewer if it is negative. */
  readonly more: number;
  /** It is refused if so many are counted already; never without. */
  readonly limit?: number;
  readonly refusal?: Fragment['refusal'];
  /** A count of the same item whose time is long over: it goes. */
  readonly drops?: string;
  /** When the item goes. */
  readonly expiresAt: EpochSeconds;
}

/** The count of an item that has no other. */
const ONLY_COUNT = 'count';

/** 0 if there is none yet. */
export const parseCount = (item: Item | undefined, name: string = ONLY_COUNT): number =>
  z._default(z.int(), 0).parse(item?.[name]);

/** A counter is kept a little longer than its window, for clocks that are behind. */
export const counterExpiresAt = (window: ClockWindow): EpochSeconds => window.endsAt + HOUR_SECONDS;

/**
 * One more than before in an item of its own, if that is within `limit`.
 *
 * @throws the refusal at once if the limit is 0
 */
function counted(key: Key, window: ClockWindow, limit: number, refusal: Fragment['refusal']): Count {
  if (limit <= 0) throw refusal(undefined);
  return { key, name: ONLY_COUNT, more: 1, limit, refusal, expiresAt: counterExpiresAt(window) };
}

const groupByKey = (counts: readonly Count[]) =>
  [...Map.groupBy(counts, ({ key }) => formatKey(key)).values()] as [Count, ...Count[]][];

/** An attribute by its place in a list: as the expressions call it. */
const nameOf = (index: number) => `#count${index}`;
const byPlace = <T>(name: string, values: readonly T[]) =>
  Object.fromEntries(values.map((value, index) => [`${name}${index}`, value]));

/** All of them are counted, those of one item in one write. Each that has no room refuses it as it says. */
export function countsAdded(table: Table, counts: readonly Count[]): Fragment[] {
  return groupByKey(counts).map((group) => {
    const limited = group.flatMap(({ limit }, index) => (limit === undefined ? [] : [{ limit, index }]));
    const dropped = [...new Set(group.flatMap(({ drops }) => drops ?? []))];
    const added = group.map((_, index) => `${nameOf(index)} :more${index}`).join(', ');
    const removed = dropped.map((_, index) => `#dropped${index}`).join(', ');
    const write = {
      Update: {
        TableName: table.name,
        Key: group[0].key,
        UpdateExpression: `SET expiresAt = :expiresAt ADD ${added}${removed && ` REMOVE ${removed}`}`,
        ...(limited.length > 0 && {
          ConditionExpression: limited
            .map(
              ({ index }) => `(attribute_not_exists(${nameOf(index)}) OR ${nameOf(index)} < :limit${index})`,
            )
            .join(' AND '),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
        }),
        ExpressionAttributeNames: {
          ...byPlace(
            '#count',
            group.map(({ name }) => name),
          ),
          ...byPlace('#dropped', dropped),
        },
        ExpressionAttributeValues: {
          ':expiresAt': Math.max(...group.map(({ expiresAt }) => expiresAt)),
          ...byPlace(
            ':more',
            group.map(({ more }) => more),
          ),
          ...Object.fromEntries(limited.map(({ limit, index }) => [`:limit${index}`, limit])),
        },
      },
    };
    return {
      write,
      refusal: (old) => {
        const full = group.find(({ name, limit }) => limit !== undefined && parseCount(old, name) >= limit);
        return (full?.refusal ?? stale)(old);
      },
    };
  });
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
): Count {
  const window = clockWindow('hour', now);
  const key = keys.counter(of.scope, of.network, window.id);
  if (table.fullCallers.holds(key, now)) throw quotaExceeded(window, now);
  return counted(key, window, Math.min(of.limit, soft?.after ?? of.limit), (old) => {
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
): Count {
  return ipCounted(table, { scope: 'ip', network, limit: limits.sendsPerIpPerHour }, now, soft);
}

/** Counts one sign-in with an OAuth provider that an IP address began, as `ipSendCounted` does. */
export function ipSignInCounted(table: Table, network: string, { now, limits }: Counting): Count {
  return ipCounted(table, { scope: 'ip_sign_in', network, limit: limits.signInsPerIpPerHour }, now);
}

/** Counts one code of a notice that an IP address tried, as `ipSendCounted` does. */
export function ipUndoCodeCounted(table: Table, network: string, { now, limits }: Counting): Count {
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
export function dailyCounted(what: keyof typeof DAILY_LIMITS, of: Sharer, now: EpochSeconds): Count {
  const window = clockWindow('day', now);
  const refusal = () => quotaExceeded(window, now);
  return counted(dailyKey(what, of, now), window, DAILY_LIMITS[what], refusal);
}

/** Counts what was seen to be the first of the day; if by now it is not, that is to be judged anew. */
export function firstCounted(what: keyof typeof DAILY_LIMITS, of: Sharer, now: EpochSeconds): Count {
  return counted(dailyKey(what, of, now), clockWindow('day', now), 1, stale);
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
export async function refundCounts(table: Table, refundable: readonly Count[]): Promise<void> {
  const fragments = groupByKey(refundable).map((group) =>
    update(
      table,
      group[0].key,
      `ADD ${group.map((_, index) => `${nameOf(index)} :less`).join(', ')}`,
      {
        if: group.map((_, index) => `attribute_exists(${nameOf(index)})`).join(' AND '),
        names: byPlace(
          '#count',
          group.map(({ name }) => name),
        ),
        values: { ':less': -1 },
      },
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
