import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import {
  type Challenge,
  type ChallengeName,
  type Checks,
  challengeExpiresAt,
  NO_CHALLENGE,
  NO_CHECKS,
} from '../linking/challenge.ts';
import { PURPOSES, type Purpose } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Spender } from '../linking/spending.ts';
import {
  ABSENT,
  type Condition,
  type Fragment,
  type Item,
  put,
  readItems,
  stale,
  type Table,
} from './client.ts';
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

const windowCount = z.object({ window: z.string(), count: z.int() });
const keptChallenge = z.extend(challengeSchema, { expiresAt: z.int() });
const checksSchema = z.object({
  version: z.int(),
  challenges: z.partialRecord(z.enum(PURPOSES), keptChallenge),
  spent: z.object({
    codes: z.optional(windowCount),
    unverified: z.optional(windowCount),
    addresses: z.optional(z.object({ window: z.string(), keys: z.array(z.string()) })),
  }),
});

/** Without challenges of which nothing counts any more, whatever else is kept with them. */
export function parseChecks(item: Item | undefined, now: EpochSeconds): Checks {
  if (item === undefined) return NO_CHECKS;
  const { challenges, ...checks } = checksSchema.parse(item) as unknown as Omit<Checks, 'challenges'> & {
    readonly challenges: Record<Purpose, Challenge & { readonly expiresAt: EpochSeconds }>;
  };
  const kept = Object.entries(challenges).filter(([, { expiresAt }]) => expiresAt > now);
  return { ...checks, challenges: new Map(kept) as Checks['challenges'] };
}

/** The identity checks of an account's sessions that a method opened. */
export async function readChecks(
  table: Table,
  { accountId, openedBy }: Spender,
  now: EpochSeconds,
): Promise<Checks> {
  const key = keys.checks(accountId, openedBy);
  return parseChecks((await readItems(table, [key])).get(key), now);
}

/** The challenge of a session's identity check is now this, and what was spent is that; in place of exactly what was seen. */
export function checkChanged(
  table: Table,
  { session, checks }: { readonly session: Spender; readonly checks: Checks },
  purpose: Purpose,
  challenge: Challenge,
  now: EpochSeconds,
): Fragment {
  const expiresAt = challengeExpiresAt(now);
  const challenges = new Map(checks.challenges).set(purpose, { ...challenge, expiresAt });
  return checksChanged(table, session, { ...checks, challenges }, now);
}

/** They are now these, in place of exactly the version that they were made from. */
export function checksChanged(
  table: Table,
  { accountId, openedBy }: Spender,
  { version, challenges, spent }: Checks,
  now: EpochSeconds,
): Fragment {
  const item = {
    version: version + 1,
    challenges: Object.fromEntries(challenges),
    spent,
    expiresAt: challengeExpiresAt(now),
  };
  return put(table, keys.checks(accountId, openedBy), item, versionIs(version), stale);
}

const versionIs = (version: number): Condition =>
  version === 0 ? ABSENT : { if: 'version = :seen', values: { ':seen': version } };

/** `next` takes the place of exactly the version it was judged from. */
export function challengeChanged(
  table: Table,
  id: AccountId,
  name: ChallengeName,
  next: Challenge,
  now: EpochSeconds,
): Fragment {
  const item = { ...next, expiresAt: challengeExpiresAt(now) };
  return put(table, keys.challenge(id, name), item, versionIs(next.version - 1), stale);
}
