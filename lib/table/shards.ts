import type { EpochSeconds } from '../linking/rules.ts';
import {
  type CapName,
  type ClockWindow,
  clockWindow,
  type Span,
  SpendingCapReached,
} from '../linking/spending.ts';
import { readItems, type Table } from './client.ts';
import { type Counted, type Counting, counted, countOf } from './counters.ts';
import { type Key, keys } from './keys.ts';

/** What is everybody's, and so is counted in shards: any of them will do, and all together are the limit. */
export interface Shared {
  readonly cap: CapName;
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

function shardsOf({ cap, span, shards }: Shared, now: EpochSeconds): readonly Shard[] {
  const window = clockWindow(span, now);
  return shards.map((limit, index) => ({ key: keys.counter(cap, index, window.id), limit, window }));
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

/** @throws SpendingCapReached where every shard is known to be full: then nobody asks DynamoDB again before the window's end */
export function openShard(table: Table, shared: Shared, { now, random }: Omit<Counting, 'limits'>): Shard {
  const open = shardsOf(shared, now).filter((shard) => (table.full.get(rememberedAs(shard)) ?? 0) <= now);
  const chosen = open[random.int(Math.max(1, open.length))];
  if (chosen === undefined)
    throw new SpendingCapReached(shared.cap, clockWindow(shared.span, now).endsAt, now);
  return chosen;
}

export function sharedCounted(table: Table, shared: Shared, counting: Counting): Counted {
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
