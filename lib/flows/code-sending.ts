import type { AccountId } from '../linking/account.ts';
import { type Challenge, NO_CHALLENGE, sendingUndone } from '../linking/challenge.ts';
import type { CodePurpose } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import {
  type Code,
  type CodeHmac,
  type HmacKey,
  hmacCode,
  newCode,
  newId,
  type Randomness,
} from '../linking/secrets.ts';
import { challengeChanged, parseChallenge } from '../table/challenges.ts';
import { commit, readItems, type Table } from '../table/client.ts';
import { refundCounts } from '../table/counters.ts';
import { type Key, keys } from '../table/keys.ts';
import { type Quota, refundSend } from '../table/quotas.ts';
import { retryWhenStale } from '../table/retry-when-stale.ts';

/** A code to be sent, and what is stored in its place. */
export interface NewCode {
  readonly code: Code;
  readonly codeId: string;
  readonly hmac: CodeHmac;
}

export function makeCode(random: Randomness, key: HmacKey, purpose: string, codeId = newId(random)): NewCode {
  const code = newCode(random);
  return { code, codeId, hmac: hmacCode(key, codeId, purpose, code) };
}

/** How long a code lasts, as a message says it: never longer than is true. */
export function validMinutes(ttlSeconds: number): number {
  return Math.max(1, Math.floor(ttlSeconds / 60));
}

/** Undoes a sending that was refused: the code before it waits again, and neither interval nor quota was used. */
export async function undoSending(
  table: Table,
  sent: {
    readonly accountId: AccountId;
    readonly purpose: CodePurpose;
    readonly before: Challenge;
    readonly codeId: string;
    readonly quota: Quota;
    /** What the guards of spending counted of it. */
    readonly taken: readonly Key[];
    readonly now: EpochSeconds;
  },
): Promise<void> {
  const { accountId, purpose, before, codeId, quota, taken, now } = sent;
  const key = keys.challenge(accountId, purpose);
  const parts = await Promise.allSettled([
    refundSend(table, quota, now, now),
    refundCounts(table, taken),
    retryWhenStale(table, async () => {
      const item = (await readItems(table, [key])).get(key);
      const next = sendingUndone(item === undefined ? NO_CHALLENGE : parseChallenge(item), codeId, before);
      if (next !== undefined) await commit(table, [challengeChanged(table, accountId, purpose, next, now)]);
    }),
  ]);
  // All are tried to their end: once there is an answer, nothing runs on.
  for (const part of parts) if (part.status === 'rejected') throw part.reason;
}
