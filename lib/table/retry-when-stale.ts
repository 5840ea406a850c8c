import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../linking/problem.ts';
import { StaleView, type Table } from './client.ts';
import { compactQuota, QuotaNeedsCompaction } from './quotas.ts';
import { noteFullShards, ShardFull } from './shards.ts';

/**
 * Each round that is lost was won by somebody: a guess paid for, a code replaced, a session ended. What others can win is bounded
 * by the guess budgets, so this many are lost only where something else is wrong.
 */
const ROUNDS = 40;
/** From here on the rivals are many: each waits a little, and another while. */
const CROWDED_ROUND = 4;
const CROWDED_WAIT_MILLISECONDS = 20;

/**
 * Reads, judges and writes; where what was read is no longer so, all of it again.
 *
 * @param judge is told which round it is, from 0
 * @throws Problem `unavailable` where it never comes to rest
 */
export async function retryWhenStale<T>(table: Table, judge: (round: number) => Promise<T>): Promise<T> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round >= CROWDED_ROUND) await wait(Math.random() * CROWDED_WAIT_MILLISECONDS);
    try {
      return await judge(round);
    } catch (error) {
      if (error instanceof QuotaNeedsCompaction) await compactQuota(table, error);
      else if (error instanceof ShardFull) await noteFullShards(table, error);
      else if (!(error instanceof StaleView)) throw error;
    }
  }
  throw new Problem('unavailable', { retryAfter: 1 });
}
