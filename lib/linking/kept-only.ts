import type { Challenge } from './challenge.ts';
import { Problem } from './problem.ts';
import type { EpochSeconds } from './rules.ts';

/** What an account keeps of one method having been kept alone. */
export interface KeptOnly {
  /** Milliseconds since 1970: when it was. */
  readonly keptOnlyAt?: number;
  /** When the code for it was sent; the latest, if it was done more often. */
  readonly keptOnlyCodeAt?: EpochSeconds;
}

/** @throws Problem `code_expired` for a code that was sent before the one that a method was kept alone with */
export function requireLatest({ keptOnlyCodeAt = 0 }: KeptOnly, { check }: Challenge): void {
  if (check && check.sentAt < keptOnlyCodeAt) throw new Problem('code_expired');
}

/** Of two codes the one that was sent later counts: somebody who has lost the phone has only old ones. */
export function keepOnlyAt(
  { keptOnlyCodeAt = 0 }: KeptOnly,
  { check }: Challenge,
  atMilliseconds: number,
): Required<KeptOnly> {
  return { keptOnlyAt: atMilliseconds, keptOnlyCodeAt: Math.max(keptOnlyCodeAt, check?.sentAt ?? 0) };
}
