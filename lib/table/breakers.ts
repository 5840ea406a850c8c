import {
  type ClockWindow,
  clockWindow,
  type GuardLimits,
  type GuardName,
  type NoticeKind,
  type Span,
  SpendGuardClosed,
  shardLimits,
  UNVERIFIED_GRACE,
} from '../linking/guards.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Fragment, readItems, stale, type Table } from './client.ts';
import { COUNT_NAMES, type Counted, type Counting, counted, countOf, expiryOf } from './guards.ts';
import { type Key, keys } from './keys.ts';

/** What is everybody's, and so is counted in shards: any of them will do, and all together are the limit. */
interface Shared {
  readonly guard: GuardName;
  readonly span: Span;
  /** Of each shard. */
  readonly shards: readonly number[];
  /** For how long a full shard is taken for full; to the window's end where what is counted never gets less. */
  readonly rememberedSeconds?: number;
}

interface Shard {
  readonly key: Key;
  readonly limit: number;
  readonly window: ClockWindow;
}

function shardsOf({ guard, span, shards }: Shared, now: EpochSeconds): readonly Shard[] {
  const window = clockWindow(span, now);
  return shards.map((limit, index) => ({ key: keys.guard(guard, index, window.id), limit, window }));
}

const rememberedAs = ({ key }: Shard): string => `${key.pk}/${key.sk}`;

/** A shard is full: note which are, and choose another. Never reaches a caller. */
export class ShardFull extends Error {
  override readonly name = 'ShardFull';
  readonly shared: Shared;
  readonly now: EpochSeconds;

  constructor(shared: Shared, now: EpochSeconds) {
    super('a shard of a guard is full');
    this.shared = shared;
    this.now = now;
  }
}

/** @throws SpendGuardClosed where every shard is known to be full: then nobody asks DynamoDB again before the window's end */
function openShard(table: Table, shared: Shared, { now, random }: Omit<Counting, 'limits'>): Shard {
  const open = shardsOf(shared, now).filter((shard) => (table.full.get(rememberedAs(shard)) ?? 0) <= now);
  const chosen = open[random.int(Math.max(1, open.length))];
  if (chosen === undefined)
    throw new SpendGuardClosed(shared.guard, clockWindow(shared.span, now).endsAt, now);
  return chosen;
}

function sharedCounted(table: Table, shared: Shared, counting: Counting): Counted {
  const { key, window, limit } = openShard(table, shared, counting);
  return counted(table, key, window, limit, () => new ShardFull(shared, counting.now));
}

/** Remembers which shards are full, in one round trip. */
export async function noteFullShards(table: Table, { shared, now }: ShardFull): Promise<void> {
  const shards = shardsOf(shared, now);
  const items = await readItems(
    table,
    shards.map(({ key }) => key),
  );
  for (const [remembered, until] of table.full) if (until <= now) table.full.delete(remembered);
  for (const shard of shards)
    if (countOf(items.get(shard.key)) >= shard.limit) {
      const until =
        shared.rememberedSeconds === undefined ? shard.window.endsAt : now + shared.rememberedSeconds;
      table.full.set(rememberedAs(shard), until);
    }
}

export type Channel = 'sms' | 'mail';

/** The breaker of a whole deployment: what may go out of a kind in an hour, and in a day. */
function breaker(guard: GuardName, { hour, day }: { hour: number; day: number }): readonly Shared[] {
  return [
    { guard, span: 'hour', shards: shardLimits(hour) },
    { guard, span: 'day', shards: shardLimits(day) },
  ];
}

/** That of codes. */
function codeBreaker(channel: Channel, limits: GuardLimits): readonly Shared[] {
  const most = {
    sms: { hour: limits.smsPerHour, day: limits.smsPerDay },
    mail: { hour: limits.mailsPerHour, day: limits.mailsPerDay },
  };
  return breaker(channel, most[channel]);
}

/** Counts one message of the deployment's. Refused with SpendGuardClosed, or with ShardFull, which `judgeAnew` takes care of. */
export function sendCountedForAll(table: Table, channel: Channel, counting: Counting): Fragment[] {
  return codeBreaker(channel, counting.limits).map(
    (shared) => sharedCounted(table, shared, counting).fragment,
  );
}

/**
 * Looks whether a channel's breaker is open, and counts nothing: for those who ask for what is perhaps never sent.
 *
 * @returns the look itself, which takes a round trip and rejects with SpendGuardClosed
 * @throws SpendGuardClosed at once where that is known
 */
export function lookForAll(table: Table, channel: Channel, counting: Counting): () => Promise<void> {
  const { now, limits } = counting;
  const looked = codeBreaker(channel, limits).map((shared) => ({
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
 * Refused as `sendCountedForAll` is; to be committed within `judgeAnew`.
 */
export function noticeCounted(
  table: Table,
  channel: Channel,
  kind: NoticeKind,
  counting: Counting,
): Fragment[] {
  const { noticesPerHour: hour, noticesPerDay: day } = counting.limits;
  const half = { hour: Math.ceil(hour / 2), day: Math.ceil(day / 2) };
  const breakers = [
    ...breaker(`notice_${channel}`, { hour, day }),
    ...(kind === 'other' ? breaker(`other_notice_${channel}`, half) : []),
  ];
  return breakers.map((shared) => sharedCounted(table, shared, counting).fragment);
}

/** A guard that verified codes open again is asked again this soon. */
const RATIO_REMEMBERED_SECONDS = 10;

const OVERALL: Shared = {
  guard: 'ratio',
  span: 'hour',
  shards: shardLimits(UNVERIFIED_GRACE.overall, UNVERIFIED_GRACE.overall / 10),
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
};

/**
 * Counts one code by SMS that nobody has verified yet: for its range of numbers, and over all. Refused with SpendGuardClosed or
 * ShardFull.
 *
 * @param range a pseudonym of the range
 */
export function unverifiedCounted(table: Table, range: string, counting: Counting): Counted[] {
  const { now, limits } = counting;
  if (limits.unverifiedRatioLimit === 0) return [];
  const window = clockWindow('hour', now);
  const key = keys.guard('range', range, window.id);
  const refusal = () => new SpendGuardClosed('ratio', window.endsAt, now);
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
  return [keys.guard('range', range, window.id), keys.guard(OVERALL.guard, shard, window.id)].map((key) => ({
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
  }));
}
