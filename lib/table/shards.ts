import type { EpochSeconds } from '../linking/rules.ts';
import type { Randomness } from '../linking/secrets.ts';
import {
  type CapName,
  type ClockWindow,
  clockWindow,
  HOUR_SECONDS,
  type Span,
  SpendingCapReached,
} from '../linking/spending.ts';
import { readItems, type Table } from './client.ts';
import { type Count, type Counting, counterExpiresAt, parseCount } from './counters.ts';
import { type Key, keys } from './keys.ts';
import { memoryKey } from './memory.ts';

/** A count of an hour or day, cut into shards: a message is counted in any one of them, and their limits add up to the count's. */
export interface ShardedCount {
  /** Counts of one pool have shards of the same names: what a message is counted by in all of them is one item, of one shard and day. */
  readonly pool: string;
  readonly scope: string;
  readonly span: Span;
  /** Which shards there are, each with its limit. */
  readonly shards: readonly { readonly subject: string | number; readonly limit: number }[];
  /** For how long a full shard is taken to be full; until the window ends, unless verified codes lower the count. */
  readonly rememberedSeconds?: number;
}

/** A cap's hour or day. */
export interface CapWindow extends ShardedCount {
  readonly scope: CapName;
}

/** A shard of one count. */
interface Shard {
  readonly subject: string | number;
  readonly key: Key;
  readonly name: string;
  readonly limit: number;
  readonly window: ClockWindow;
}

/** The attribute of a count, in the item of a day: hours are told apart by two digits. */
function countName({ scope, span }: ShardedCount, now: EpochSeconds): string {
  return span === 'day' ? `${scope}_day` : `${scope}_hour${clockWindow('hour', now).id.slice(-2)}`;
}

function listShards(sharded: ShardedCount, now: EpochSeconds): readonly Shard[] {
  const { pool, span, shards } = sharded;
  const [window, day] = [clockWindow(span, now), clockWindow('day', now)];
  const name = countName(sharded, now);
  return shards.map(({ subject, limit }) => ({
    subject,
    key: keys.counter(pool, subject, day.id),
    name,
    limit,
    window,
  }));
}

/** A shard is full: note which are, and choose another. `retryWhenStale` does; it never reaches a caller. */
export class ShardFull extends Error {
  override readonly name = 'ShardFull';
  /** What was counted together in the shard. */
  readonly counts: readonly ShardedCount[];
  readonly now: EpochSeconds;

  constructor(counts: readonly ShardedCount[], now: EpochSeconds) {
    super('a shard of a count is full');
    this.counts = counts;
    this.now = now;
  }
}

function listOpenShards(table: Table, sharded: ShardedCount, now: EpochSeconds): readonly Shard[] {
  return listShards(sharded, now).filter(
    ({ limit, key, name }) => limit > 0 && !table.fullCaps.holds(memoryKey(key, name), now),
  );
}

const choose = <T>(among: readonly T[], random: Randomness): T | undefined =>
  among[random.int(Math.max(1, among.length))];

/** Whether this process knows all shards to be full. */
export function isKnownFull(table: Table, sharded: ShardedCount, now: EpochSeconds): boolean {
  return listOpenShards(table, sharded, now).length === 0;
}

/** What this process refuses a message with if it knows one of its caps to be full: then it asks DynamoDB no more before the window ends. */
export function findReached(
  table: Table,
  caps: readonly CapWindow[],
  now: EpochSeconds,
): SpendingCapReached | undefined {
  const full = caps.find((cap) => isKnownFull(table, cap, now));
  return full && new SpendingCapReached(full.scope, clockWindow(full.span, now).endsAt, now);
}

/** @throws SpendingCapReached as `findReached` finds it */
export function requireRoom(table: Table, caps: readonly CapWindow[], now: EpochSeconds): void {
  const reached = findReached(table, caps, now);
  if (reached) throw reached;
}

/** A shard that was chosen for a count. */
interface Picked<Of extends ShardedCount> extends Shard {
  readonly count: Of;
  readonly isKnownFull: boolean;
}

/**
 * A shard of each count, chosen at random among those that are not known to be full: the same one for all of a pool, as long as one has
 * room in all of them. Of a count that is known to be full, any.
 */
export function pickShards<Of extends ShardedCount>(
  table: Table,
  counts: readonly Of[],
  { now, random }: Omit<Counting, 'limits'>,
): readonly Picked<Of>[] {
  const candidates = counts.map((count) => {
    const open = listOpenShards(table, count, now);
    return open.length > 0
      ? { count, isKnownFull: false, shards: open }
      : { count, isKnownFull: true, shards: listShards(count, now) };
  });
  const shared = candidates[0]?.shards.filter(({ subject }) =>
    candidates.every(({ shards }) => shards.some((shard) => shard.subject === subject)),
  );
  const subject = choose(shared ?? [], random)?.subject;
  return candidates.flatMap(({ shards, ...rest }) => {
    const own =
      subject === undefined ? choose(shards, random) : shards.find((one) => one.subject === subject);
    return own ? [{ ...own, ...rest }] : [];
  });
}

/** Of the hour before the last, which no clock is behind by. */
const droppedName = (sharded: ShardedCount, now: EpochSeconds) =>
  sharded.span === 'hour' ? { drops: countName(sharded, now - 2 * HOUR_SECONDS) } : undefined;

/**
 * Counts one message in a shard of each count of a pool. Refused with ShardFull where that has no room; but where all are known to be full,
 * it is counted all the same.
 */
export function shardsCounted(
  table: Table,
  counts: readonly ShardedCount[],
  counting: Omit<Counting, 'limits'>,
): readonly Count[] {
  const { now } = counting;
  const refusal = () => new ShardFull(counts, now);
  return pickShards(table, counts, counting).map(({ isKnownFull: isFull, limit, ...shard }) => ({
    ...shardAdded(shard, 1, now),
    ...(!isFull && { limit, refusal }),
  }));
}

/** So many are taken off a count, in any shard. */
export function shardCredited(
  count: ShardedCount,
  credit: number,
  { now, random }: Omit<Counting, 'limits'>,
): readonly Count[] {
  const shard = choose(listShards(count, now), random);
  return shard ? [shardAdded({ ...shard, count }, -credit, now)] : [];
}

function shardAdded(
  { key, name, count }: Pick<Picked<ShardedCount>, 'key' | 'name' | 'count'>,
  more: number,
  now: EpochSeconds,
): Count {
  return {
    key,
    name,
    more,
    ...droppedName(count, now),
    expiresAt: counterExpiresAt(clockWindow('day', now)),
  };
}

/** Remembers which shards are full, in one round trip. */
export async function noteFullShards(table: Table, { counts, now }: ShardFull): Promise<void> {
  const listed = counts.map((count) => ({ count, shards: listShards(count, now) }));
  const items = await readItems(
    table,
    listed.flatMap(({ shards }) => shards.map(({ key }) => key)),
  );
  for (const { count, shards } of listed)
    for (const shard of shards)
      if (parseCount(items.get(shard.key), shard.name) >= shard.limit) {
        const { rememberedSeconds } = count;
        const until = rememberedSeconds === undefined ? shard.window.endsAt : now + rememberedSeconds;
        table.fullCaps.note(memoryKey(shard.key, shard.name), until, now);
      }
}
