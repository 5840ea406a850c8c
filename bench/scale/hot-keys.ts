import { loadOf, takenBy } from './cost.ts';
import { FLOWS } from './usage.ts';

/**
 * Whether any key of the table is written more often than its partition takes. The keys that each flow writes are those that were recorded;
 * here they meet in a second, as many flows of as many accounts as are asked for.
 */

/** What DynamoDB takes of one partition in a second, whatever the table's capacity is. */
export const PARTITION_WRITE_UNITS = 1_000;

/** A write in a transaction counts twice, and nearly all are in one. */
const UNITS_PER_WRITE = 2;

/** How long a transaction holds an item: another one that comes meanwhile is refused, and tries again. An assumption; AWS gives none. */
const HELD_SECONDS = 0.01;

export interface Simulated {
  /** As a mean, where it is no whole number. */
  readonly flowsPerSecond: number;
  /** Who are active at that time, each as likely as another. */
  readonly accounts: number;
  readonly shards: number;
  readonly seconds: number;
}

/** Of all partitions of one form, such as `GUARD#sms#shard`. */
export interface Heat {
  readonly form: string;
  /** Write units a second, of all of them together. */
  readonly unitsPerSecond: number;
  /** The most that one of them got in one second. */
  readonly hottest: number;
}

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often a flow writes to the partitions of each form. */
function partitionsOf(cases: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of cases)
    for (const [form, count] of Object.entries(takenBy(name).writes)) {
      const [partition = ''] = form.split(' ');
      found.set(partition, (found.get(partition) ?? 0) + count);
    }
  return found;
}

const flowsAMonth = FLOWS.reduce((sum, { perAccountAndMonth }) => sum + perAccountAndMonth, 0);

/** Of a flow, as a mean of all that happen in a month. */
export const meanOf = (value: 'requests' | 'readUnits' | 'writeUnits'): number =>
  FLOWS.reduce((sum, flow) => sum + flow.perAccountAndMonth * loadOf(flow)[value], 0) / flowsAMonth;

const isSharded = (form: string) => form.endsWith('#shard');

/** Lets flows happen, in the shares they have of a month, and counts what their keys get. Hottest forms first. */
export function simulate({ flowsPerSecond, accounts, shards, seconds }: Simulated): Heat[] {
  const random = seeded(1);
  let below = 0;
  const flows = FLOWS.map(({ perAccountAndMonth, cases }) => {
    below += perAccountAndMonth / flowsAMonth;
    return { below, partitions: partitionsOf(cases) };
  });
  const total = new Map<string, number>();
  const hottest = new Map<string, number>();
  for (let second = 0; second < seconds; second += 1) {
    const units = new Map<string, number>();
    const due = Number.isInteger(flowsPerSecond) ? flowsPerSecond : Math.floor(flowsPerSecond + random());
    for (let count = 0; count < due; count += 1) {
      const drawn = random();
      const flow = flows.find((one) => drawn < one.below);
      const account = Math.floor(random() * accounts);
      for (const [form, writes] of flow?.partitions ?? []) {
        const key = `${form} ${isSharded(form) ? Math.floor(random() * shards) : account}`;
        units.set(key, (units.get(key) ?? 0) + writes * UNITS_PER_WRITE);
      }
    }
    for (const [key, taken] of units) {
      const [form = ''] = key.split(' ');
      total.set(form, (total.get(form) ?? 0) + taken);
      hottest.set(form, Math.max(hottest.get(form) ?? 0, taken));
    }
  }
  return [...total]
    .map(([form, units]) => ({ form, unitsPerSecond: units / seconds, hottest: hottest.get(form) ?? 0 }))
    .toSorted((left, right) => right.hottest - left.hottest || left.form.localeCompare(right.form));
}

/** How many messages a second a count of so many shards takes. */
export interface Ceiling {
  /** Until a shard's partition is written to as often as it takes. */
  readonly byCapacity: number;
  /** Until one in ten tries meets another transaction on its shard, and is repeated. */
  readonly byConflicts: number;
}

/** @param writes of one message to a shard, which is one item with all its counts */
export function ceilingOf(shards: number, writes: number): Ceiling {
  return {
    byCapacity: (shards * PARTITION_WRITE_UNITS) / (writes * UNITS_PER_WRITE),
    byConflicts: (shards * (-Math.log(0.9) / HELD_SECONDS)) / writes,
  };
}
