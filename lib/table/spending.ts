import type { Channel } from '../linking/channel.ts';
import {
  type CapName,
  clockWindow,
  type NoticeKind,
  SpendingCapReached,
  type SpendingLimits,
  shardLimits,
  UNVERIFIED_GRACE,
} from '../linking/spending.ts';
import { type Fragment, readItems, stale, type Table } from './client.ts';
import { COUNT_NAMES, type Counted, type Counting, counted, countOf, expiryOf } from './counters.ts';
import { keys } from './keys.ts';
import { noteFullShards, openShard, ShardFull, type Shared, sharedCounted } from './shards.ts';

/** The breaker of a whole deployment: what may go out of a kind in an hour, and in a day. */
function cap(name: CapName, { hour, day }: { hour: number; day: number }): readonly Shared[] {
  return [
    { cap: name, span: 'hour', shards: shardLimits(hour) },
    { cap: name, span: 'day', shards: shardLimits(day) },
  ];
}

/** That of codes. */
function codeCaps(channel: Channel, limits: SpendingLimits): readonly Shared[] {
  const most = {
    sms: { hour: limits.smsPerHour, day: limits.smsPerDay },
    mail: { hour: limits.mailsPerHour, day: limits.mailsPerDay },
  };
  return cap(channel, most[channel]);
}

/** Counts one message of the deployment's. Refused with SpendingCapReached, or with ShardFull, which `retryWhenStale` takes care of. */
export function sendCountedForDeployment(table: Table, channel: Channel, counting: Counting): Fragment[] {
  return codeCaps(channel, counting.limits).map((shared) => sharedCounted(table, shared, counting).fragment);
}

/**
 * Looks whether a channel's breaker is open, and counts nothing: for those who ask for what is perhaps never sent.
 *
 * @returns the look itself, which takes a round trip and rejects with SpendingCapReached
 * @throws SpendingCapReached at once where that is known
 */
export function peekCap(table: Table, channel: Channel, counting: Counting): () => Promise<void> {
  const { now, limits } = counting;
  const looked = codeCaps(channel, limits).map((shared) => ({
    shared,
    shard: openShard(table, shared, counting),
  }));
  return async () => {
    const items = await readItems(
      table,
      looked.map(({ shard }) => shard.key),
    );
    for (const { shared, shard } of looked) {
      if (countOf(items.get(shard.key)) < shard.limit) continue;
      await noteFullShards(table, new ShardFull(shared, now));
      openShard(table, shared, counting);
    }
  };
}

/**
 * Counts one notice, by a breaker of notices' own: whoever pumps codes can't keep others from being told. Half of it is for changes
 * alone, so neither can whoever signs in everywhere, or locks address after address.
 * Refused as `sendCountedForDeployment` is; to be committed within `retryWhenStale`.
 */
export function noticeCounted(
  table: Table,
  channel: Channel,
  kind: NoticeKind,
  counting: Counting,
): Fragment[] {
  const { noticesPerHour: hour, noticesPerDay: day } = counting.limits;
  const half = { hour: Math.ceil(hour / 2), day: Math.ceil(day / 2) };
  const caps = [
    ...cap(`notice_${channel}`, { hour, day }),
    ...(kind === 'other' ? cap(`other_notice_${channel}`, half) : []),
  ];
  return caps.map((shared) => sharedCounted(table, shared, counting).fragment);
}

/** A guard that verified codes open again is asked again this soon. */
const RATIO_REMEMBERED_SECONDS = 10;

const OVERALL: Shared = {
  cap: 'ratio',
  span: 'hour',
  shards: shardLimits(UNVERIFIED_GRACE.overall, UNVERIFIED_GRACE.overall / 10),
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
};

/**
 * Counts one code by SMS that nobody has verified yet: for its range of numbers, and over all. Refused with SpendingCapReached or
 * ShardFull.
 *
 * @param range a pseudonym of the range
 */
export function unverifiedCounted(table: Table, range: string, counting: Counting): Counted[] {
  const { now, limits } = counting;
  if (limits.unverifiedRatioLimit === 0) return [];
  const window = clockWindow('hour', now);
  const key = keys.counter('range', range, window.id);
  const refusal = () => new SpendingCapReached('ratio', window.endsAt, now);
  return [
    counted(table, key, window, UNVERIFIED_GRACE.range, refusal),
    sharedCounted(table, OVERALL, counting),
  ];
}

/** A code by SMS was verified: it makes up for as many as the ratio says, of its range and over all. */
export function verifiedCredited(table: Table, range: string, { now, limits, random }: Counting): Fragment[] {
  if (limits.unverifiedRatioLimit === 0) return [];
  const window = clockWindow('hour', now);
  const shard = random.int(OVERALL.shards.length);
  return [keys.counter('range', range, window.id), keys.counter(OVERALL.cap, shard, window.id)].map(
    (key) => ({
      write: {
        Update: {
          TableName: table.name,
          Key: key,
          UpdateExpression: 'SET expiresAt = :expiresAt ADD #count :credit',
          ExpressionAttributeNames: COUNT_NAMES,
          ExpressionAttributeValues: {
            ':credit': -limits.unverifiedRatioLimit,
            ':expiresAt': expiryOf(window),
          },
        },
      },
      refusal: stale,
    }),
  );
}
