import * as z from 'zod/mini';
import type { AccountId, Session } from '../linking/account.ts';
import {
  type Challenge,
  type ChallengeName,
  challengeExpiresAt,
  checkName,
  NO_CHALLENGE,
} from '../linking/challenge.ts';
import type { Purpose } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Fragment, type Item, put, readItems, stale, type Table } from './client.ts';
import { keys } from './keys.ts';

const pendingCodeSchema = z.object({
  id: z.string(),
  hmac: z.string(),
  attempts: z.int(),
  expiresAt: z.int(),
});

const challengeSchema = z.object({
  version: z.int(),
  failures: z.array(z.int()),
  sends: z.optional(z.array(z.int())),
  resendAt: z.object({ sms: z.optional(z.int()) }),
  // Not there in what was stored while all addresses had one interval.
  mailResendAt: z._default(z.record(z.string(), z.int()), {}),
  check: z.optional(
    z.object({
      factor: z.literal('sms'),
      boundTo: z.string(),
      sentTo: z.string(),
      phoneRevision: z.optional(z.int()),
      sentAt: z.int(),
      code: z.optional(pendingCodeSchema),
      verifiedUntil: z.optional(z.int()),
      mail: z.optional(z.object({ address: z.string(), code: pendingCodeSchema })),
    }),
  ),
});

export function parseChallenge(item: Item | undefined): Challenge {
  return item === undefined ? NO_CHALLENGE : (challengeSchema.parse(item) as unknown as Challenge);
}

export async function readChallenge(table: Table, id: AccountId, name: ChallengeName): Promise<Challenge> {
  const key = keys.challenge(id, name);
  return parseChallenge((await readItems(table, [key])).get(key));
}

/** That of a session's identity check is now this, as `challengeChanged` says. */
export function checkChanged(
  table: Table,
  { accountId, openedBy }: Pick<Session, 'accountId' | 'openedBy'>,
  purpose: Purpose,
  next: Challenge,
  now: EpochSeconds,
): Fragment {
  return challengeChanged(table, accountId, checkName(purpose, openedBy), next, now);
}

/** `next` takes the place of exactly the version it was judged from. */
export function challengeChanged(
  table: Table,
  id: AccountId,
  name: ChallengeName,
  next: Challenge,
  now: EpochSeconds,
): Fragment {
  const seen = next.version - 1;
  return put(
    table,
    keys.challenge(id, name),
    { ...next, expiresAt: challengeExpiresAt(now) },
    {
      if: seen === 0 ? 'attribute_not_exists(pk)' : 'version = :seen',
      ...(seen !== 0 && { values: { ':seen': seen } }),
    },
    stale,
  );
}
