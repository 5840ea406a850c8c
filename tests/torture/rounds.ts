import { expect } from '@jest/globals';
import { breachesIn } from '../support/contract.ts';
import { loggedSecrets } from '../support/log-secrets.ts';
import type { World } from '../support/world.ts';

/** How many requests come at once. */
export const AT_ONCE = 100;

/** Sends as many as the settings allow: what is tortured here is something else. */
export const MANY_SENDS = {
  RESEND_SECONDS: '0',
  SENDS_PER_10_MINUTES: '1000',
  SENDS_PER_DAY: '1000',
} as const;

/**
 * Lets go of what a world remembers of its requests: over thousands of rounds it would fill the memory. Before that its log is looked
 * through for secrets, and every answer for what is not the contract's.
 */
export function forget(world: World): void {
  expect(loggedSecrets(world)).toEqual([]);
  const { exchanges, outbox, observer, bus } = world;
  expect(breachesIn(world)).toEqual([]);
  for (const list of [exchanges, outbox.sent, observer.lines, observer.counted, bus.published])
    list.length = 0;
}

/** Runs rounds one after the other. @returns how many came to what they must, and the first that did not */
export async function countRounds<Result>(
  world: World,
  rounds: number,
  run: (round: number) => Promise<{ readonly isRight: boolean; readonly result: Result }>,
): Promise<{ right: number; wrong: Result | undefined }> {
  let right = 0;
  let wrong: Result | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const { isRight, result } = await run(round);
    if (isRight) right += 1;
    else wrong ??= result;
    forget(world);
  }
  return { right, wrong };
}

/** How often each is there. */
export function counts(keys: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
  return found;
}
