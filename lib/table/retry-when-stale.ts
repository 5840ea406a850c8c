import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../linking/problem.ts';
import { StaleView, type Table } from './client.ts';
import { compactQuota, QuotaNeedsCompaction } from './quotas.ts';
import { noteFullShards, ShardFull } from './shards.ts';

/**
 * Each round that is lost was won by a rival: a guess paid for, a code replaced, a session ended. What rivals can win is bounded by
 * the guess budgets, so this many are lost only if something else is wrong.
 */
const ROUNDS = 40;
/** From here on the rivals are many: each waits a little, for a random while. */
const CROWDED_ROUND = 4;
const CROWDED_WAIT_MILLISECONDS = 20;

/**
 * Reads, judges and writes; all of it again if what was read has changed by then.
 *
 * @param judge gets the round, from 0
 * @throws Problem `unavailable` if it never comes to rest
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
