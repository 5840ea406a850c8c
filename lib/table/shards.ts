import type { EpochSeconds } from '../linking/rules.ts';
import {
  type CapName,
  type ClockWindow,
  clockWindow,
  type Span,
  SpendingCapReached,
} from '../linking/spending.ts';
import { readItems, type Table } from './client.ts';
import { type Counted, type Counting, counted, parseCount } from './counters.ts';
import { type Key, keys } from './keys.ts';

/** A cap's hour or day, cut into shards: a message is counted in any one of them, and their limits add up to the cap's. */
export interface CapWindow {
  readonly cap: CapName;
  readonly span: Span;
  /** The limit of each shard. */
  readonly shards: readonly number[];
  /** For how long a full shard is taken to be full; until the window ends, unless verified codes lower the count. */
  readonly rememberedSeconds?: number;
}

interface Shard {
  readonly key: Key;
  readonly limit: number;
  readonly window: ClockWindow;
}

function listShards({ cap, span, shards }: CapWindow, now: EpochSeconds): readonly Shard[] {
  const window = clockWindow(span, now);
  return shards.map((limit, index) => ({ key: keys.counter(cap, index, window.id), limit, window }));
}

const shardName = ({ key }: Shard): string => `${key.pk}/${key.sk}`;

/** A shard is full: note which are, and choose another. `retryWhenStale` does; it never reaches a caller. */
export class ShardFull extends Error {
  override readonly name = 'ShardFull';
  readonly capWindow: CapWindow;
  readonly now: EpochSeconds;

  constructor(capWindow: CapWindow, now: EpochSeconds) {
    super('a shard of a spending cap is full');
    this.capWindow = capWindow;
    this.now = now;
  }
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
  const open = listShards(capWindow, now).filter((shard) => (table.full.get(shardName(shard)) ?? 0) <= now);
  const chosen = open[random.int(Math.max(1, open.length))];
  if (chosen === undefined)
    throw new SpendingCapReached(capWindow.cap, clockWindow(capWindow.span, now).endsAt, now);
  return chosen;
}

/** Counts one message. Refused with ShardFull. @throws SpendingCapReached as `pickShard` does */
export function shardCounted(table: Table, capWindow: CapWindow, counting: Counting): Counted {
  const { key, window, limit } = pickShard(table, capWindow, counting);
  return counted(table, key, window, limit, () => new ShardFull(capWindow, counting.now));
}

/** Remembers which shards are full, in one round trip. */
export async function noteFullShards(table: Table, { capWindow, now }: ShardFull): Promise<void> {
  const shards = listShards(capWindow, now);
  const items = await readItems(
    table,
    shards.map(({ key }) => key),
  );
  for (const [remembered, until] of table.full) if (until <= now) table.full.delete(remembered);
  for (const shard of shards)
    if (parseCount(items.get(shard.key)) >= shard.limit) {
      const until =
        capWindow.rememberedSeconds === undefined ? shard.window.endsAt : now + capWindow.rememberedSeconds;
      table.full.set(shardName(shard), until);
    }
}
