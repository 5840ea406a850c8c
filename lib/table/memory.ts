import type { EpochSeconds } from '../linking/rules.ts';
import { formatKey, type Key } from './keys.ts';

/** A few megabytes at most. */
const MOST = 10_000;

/** The key of one of the things that an item tells. */
export const memoryKey = ({ pk, sk }: Key, what: string): Key => ({ pk, sk: `${sk}/${what}` });

/**
 * Counters and budgets that a process found full, each for as long as it may go by that: it does not go on writing to them. Its own knowledge only;
 * what counts is what the table says. What was noted first is forgotten first where there is no more room: it is found out again.
 */
export class Memory {
  private readonly until = new Map<string, EpochSeconds>();

  get size(): number {
    return this.until.size;
  }

  note(key: Key, until: EpochSeconds, now: EpochSeconds): void {
    for (const [noted, end] of this.until) if (end <= now) this.until.delete(noted);
    const [first] = this.until.keys();
    if (first !== undefined && this.until.size >= MOST) this.until.delete(first);
    this.until.set(formatKey(key), until);
  }

  holds(key: Key, now: EpochSeconds): boolean {
    return this.endOf(key, now) !== undefined;
  }

  /** Until when it holds; undefined if it does not. */
  endOf(key: Key, now: EpochSeconds): EpochSeconds | undefined {
    const end = this.until.get(formatKey(key));
    return end !== undefined && end > now ? end : undefined;
  }

  forget(key: Key): void {
    this.until.delete(formatKey(key));
  }
}
