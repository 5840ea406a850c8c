import type { EpochSeconds } from '../linking/rules.ts';
import type { Randomness } from '../linking/secrets.ts';
import {
  type CapName,
  type ClockWindow,
  clockWindow,
  type Span,
  SpendingCapReached,
} from '../linking/spending.ts';
import { readItems, type Table } from './client.ts';
import { added, type Counted, type Counting, counted, parseCount } from './counters.ts';
import { type Key, keys } from './keys.ts';

/** A count of an hour or day, cut into shards: a message is counted in any one of them, and their limits add up to the count's. */
export interface ShardedCount {
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

interface Shard {
  readonly key: Key;
  readonly limit: number;
  readonly window: ClockWindow;
}

function listShards({ scope, span, shards }: ShardedCount, now: EpochSeconds): readonly Shard[] {
  const window = clockWindow(span, now);
  return shards.map(({ subject, limit }) => ({
    key: keys.counter(scope, subject, window.id),
    limit,
    window,
  }));
}

/** A shard is full: note which are, and choose another. `retryWhenStale` does; it never reaches a caller. */
export class ShardFull extends Error {
  override readonly name = 'ShardFull';
  readonly sharded: ShardedCount;
  readonly now: EpochSeconds;

  constructor(sharded: ShardedCount, now: EpochSeconds) {
    super('a shard of a count is full');
    this.sharded = sharded;
    this.now = now;
  }
}

function listOpenShards(table: Table, sharded: ShardedCount, now: EpochSeconds): readonly Shard[] {
  return listShards(sharded, now).filter(({ key }) => !table.fullCaps.holds(key, now));
}

const choose = <T>(among: readonly T[], random: Randomness): T | undefined =>
  among[random.int(Math.max(1, among.length))];

/** Whether this process knows all shards to be full. */
export function isKnownFull(table: Table, sharded: ShardedCount, now: EpochSeconds): boolean {
  return listOpenShards(table, sharded, now).length === 0;
}

/**
 * A shard that is not known to be full, chosen at random.
 *
 * @throws SpendingCapReached if all are known to be full: then this process asks DynamoDB no more before the window ends
 */
export function pickShard(
  table: Table,
  capWindow: CapWindow,
  { now, random }: Omit<Counting, 'limits'>,
): Shard {
  const chosen = choose(listOpenShards(table, capWindow, now), random);
  if (chosen === undefined)
    throw new SpendingCapReached(capWindow.scope, clockWindow(capWindow.span, now).endsAt, now);
  return chosen;
}

/** Counts one message. Refused with ShardFull. @throws SpendingCapReached as `pickShard` does */
export function shardCounted(table: Table, capWindow: CapWindow, counting: Counting): Counted {
  const { key, window, limit } = pickShard(table, capWindow, counting);
  return counted(table, key, window, limit, () => new ShardFull(capWindow, counting.now));
}

/**
 * Counts one message whether there is room or not. Refused with ShardFull as long as this process does not know that there is none: so
 * it is found out without a read.
 */
export function shardAdded(
  table: Table,
  sharded: ShardedCount,
  { now, random }: Omit<Counting, 'limits'>,
): readonly Counted[] {
  const open = choose(listOpenShards(table, sharded, now), random);
  if (open !== undefined)
    return [counted(table, open.key, open.window, open.limit, () => new ShardFull(sharded, now))];
  const full = choose(listShards(sharded, now), random);
  return full === undefined ? [] : [added(table, full.key, full.window, 1)];
}

/** Remembers which shards are full, in one round trip. */
export async function noteFullShards(table: Table, { sharded, now }: ShardFull): Promise<void> {
  const shards = listShards(sharded, now);
  const items = await readItems(
    table,
    shards.map(({ key }) => key),
  );
  for (const { key, limit, window } of shards)
    if (parseCount(items.get(key)) >= limit) {
      const { rememberedSeconds } = sharded;
      const until = rememberedSeconds === undefined ? window.endsAt : now + rememberedSeconds;
      table.fullCaps.note(key, until, now);
    }
}
