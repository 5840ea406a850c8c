import { Problem } from '../linking/problem.ts';
import { StaleView, type Table } from './client.ts';
import { compactQuota, QuotaNeedsCompaction } from './quotas.ts';

/**
 * Each round that is lost was won by somebody: a guess paid for, a code replaced, a session ended. What they can do before
 * the answer is final is bounded by the guess budget of a code, so this is never reached by wrong guesses alone.
 */
const ROUNDS = 12;

/**
 * Reads, judges and writes; where what was read is no longer so, all of it again.
 *
 * @param judge is told which round it is, from 0
 * @throws Problem `unavailable` where it never comes to rest
 */
export async function judgeAnew<T>(table: Table, judge: (round: number) => Promise<T>): Promise<T> {
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      return await judge(round);
    } catch (error) {
      if (error instanceof QuotaNeedsCompaction) await compactQuota(table, error);
      else if (!(error instanceof StaleView)) throw error;
    }
  }
  throw new Problem('unavailable', { retryAfter: 1 });
}
