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
import {
  COUNT_NAMES,
  type Counted,
  type Counting,
  counted,
  counterExpiresAt,
  parseCount,
} from './counters.ts';
import { keys } from './keys.ts';
import { type CapWindow, noteFullShards, pickShard, ShardFull, shardCounted } from './shards.ts';

/** The windows of one of the deployment's caps: how many messages of a kind may go out in an hour, and in a day. */
function capWindows(name: CapName, { hour, day }: { hour: number; day: number }): readonly CapWindow[] {
  return [
    { cap: name, span: 'hour', shards: shardLimits(hour) },
    { cap: name, span: 'day', shards: shardLimits(day) },
  ];
}

/** Those of the cap of codes by a channel. */
function codeCapWindows(channel: Channel, limits: SpendingLimits): readonly CapWindow[] {
  const most = {
    sms: { hour: limits.smsPerHour, day: limits.smsPerDay },
    mail: { hour: limits.mailsPerHour, day: limits.mailsPerDay },
  };
  return capWindows(channel, most[channel]);
}

/**
 * Counts one code by the deployment's cap for the channel. Refused with ShardFull, which `retryWhenStale` takes care of.
 *
 * @throws SpendingCapReached
 */
export function sendCountedForDeployment(table: Table, channel: Channel, counting: Counting): Fragment[] {
  return codeCapWindows(channel, counting.limits).map(
    (capWindow) => shardCounted(table, capWindow, counting).fragment,
  );
}

/**
 * Looks whether a channel's cap is reached, and counts nothing: for a request whose message may never be sent.
 *
 * @returns the look itself, which takes a round trip and rejects with SpendingCapReached
 * @throws SpendingCapReached at once if this process knows it
 */
export function peekCap(table: Table, channel: Channel, counting: Counting): () => Promise<void> {
  const { now, limits } = counting;
  const looked = codeCapWindows(channel, limits).map((capWindow) => ({
    capWindow,
    shard: pickShard(table, capWindow, counting),
  }));
  return async () => {
    const items = await readItems(
      table,
      looked.map(({ shard }) => shard.key),
    );
    for (const { capWindow, shard } of looked) {
      if (parseCount(items.get(shard.key)) < shard.limit) continue;
      await noteFullShards(table, new ShardFull(capWindow, now));
      pickShard(table, capWindow, counting);
    }
  };
}

/**
 * Counts one notice, by a cap of notices' own: pumping codes keeps no owner from being notified. Half of it is for changes alone, so
 * neither does signing in everywhere, or locking address after address.
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
    ...capWindows(`notice_${channel}`, { hour, day }),
    ...(kind === 'other' ? capWindows(`other_notice_${channel}`, half) : []),
  ];
  return caps.map((capWindow) => shardCounted(table, capWindow, counting).fragment);
}

/** Verified codes make room again, so a full shard of the ratio is asked again this soon. */
const RATIO_REMEMBERED_SECONDS = 10;

const OVERALL: CapWindow = {
  cap: 'ratio',
  span: 'hour',
  shards: shardLimits(UNVERIFIED_GRACE.overall, UNVERIFIED_GRACE.overall / 10),
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
};

/**
 * Counts one code by SMS that is not verified yet: for its range of numbers, and in all. Refused with SpendingCapReached or
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
    shardCounted(table, OVERALL, counting),
  ];
}

/** A code by SMS was verified: it makes up for as many as the ratio says, of its range and in all. */
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
            ':expiresAt': counterExpiresAt(window),
          },
        },
      },
      refusal: stale,
    }),
  );
}
