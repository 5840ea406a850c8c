import { Problem, type ProblemCode } from '../linking/problem.ts';
import { type EpochSeconds, secondsUntil } from '../linking/rules.ts';
import type { Table } from './client.ts';
import type { Key } from './keys.ts';
import { memoryKey } from './memory.ts';

/*
 * What an address was refused, as this process remembers it: the next request costs no write. It is for what only grows, so that what refused
 * one refuses every other until it says.
 */

/** @throws Problem of the first code that this process knows an item to be refused with */
export function requireNotRefused(
  table: Table,
  key: Key,
  codes: readonly ProblemCode[],
  now: EpochSeconds,
): void {
  for (const code of codes) {
    const until = table.fullCallers.endOf(memoryKey(key, code), now);
    if (until !== undefined) throw new Problem(code, { retryAfter: secondsUntil(until, now) });
  }
}

export function noteRefusal(table: Table, key: Key, { code, extensions }: Problem, now: EpochSeconds): void {
  const { retryAfter } = extensions;
  if (retryAfter !== undefined) table.fullCallers.note(memoryKey(key, code), now + retryAfter, now);
}

export function forgetRefusals(table: Table, key: Key, codes: readonly ProblemCode[]): void {
  for (const code of codes) table.fullCallers.forget(memoryKey(key, code));
}
