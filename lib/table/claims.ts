import * as z from 'zod/mini';
import type { AccountId, IdentityMethod } from '../linking/account.ts';
import { PROVIDERS, type Provider, RELATIONS, type Relation, type Subject } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Fragment, type Item, put, readItems, remove, stale, type Table, update } from './client.ts';
import { keys } from './keys.ts';

/** Who owns an identity: the uniqueness ledger over registered, linked and sub-account identities. */
export interface Claim {
  readonly accountId: AccountId;
  readonly relation: Relation;
  readonly methodId: string;
  /** As the method is: a sign-in learns it from here, without a look at the account. */
  readonly suspended?: true;
}

/** An identity that was unlinked and opens nothing; until then it can return to its account only. */
interface Reservation {
  readonly accountId: AccountId;
  readonly relation: typeof RESERVED;
  readonly expiresAt: EpochSeconds;
}

const RESERVED = 'reserved';

const claimSchema = z.discriminatedUnion('relation', [
  z.object({
    accountId: z.string(),
    relation: z.enum(RELATIONS),
    methodId: z.string(),
    suspended: z.optional(z.literal(true)),
  }),
  z.object({ accountId: z.string(), relation: z.literal(RESERVED), expiresAt: z.int() }),
]);

function parseClaim(item: Item): Claim | Reservation {
  return claimSchema.parse(item) as Claim | Reservation;
}

/** Whose an identity is that could not be claimed. */
export function parseOwnerId(old: Item | undefined): AccountId {
  if (old === undefined) throw new TypeError('a claim was refused without its owner');
  return parseClaim(old).accountId;
}

/** Who owns an identity at each of its subjects, as one read found it. */
export interface Ownership {
  /** Of the subjects that are owned. */
  readonly claims: ReadonlyMap<Subject, Claim>;
  /** Whether a subject is unowned, and reserved for no other account. */
  readonly isFree: (subject: Subject, accountId: AccountId, now: EpochSeconds) => boolean;
}

export async function readOwnership(
  table: Table,
  provider: Provider,
  subjects: readonly Subject[],
): Promise<Ownership> {
  const items = await readItems(
    table,
    subjects.map((subject) => keys.claim(provider, subject)),
  );
  const claims = new Map<Subject, Claim>();
  const reservations = new Map<Subject, Reservation>();
  for (const subject of subjects) {
    const item = items.get(keys.claim(provider, subject));
    const found = item && parseClaim(item);
    if (found?.relation === RESERVED) reservations.set(subject, found);
    else if (found !== undefined) claims.set(subject, found);
  }
  return {
    claims,
    isFree(subject, accountId, now) {
      const reserved = reservations.get(subject);
      const isReserved =
        reserved !== undefined && reserved.accountId !== accountId && reserved.expiresAt > now;
      return !claims.has(subject) && !isReserved;
    },
  };
}

/** @returns undefined if the identity is unowned */
export async function readOwner(
  table: Table,
  provider: Provider,
  subject: Subject,
): Promise<Claim | undefined> {
  return (await readOwnership(table, provider, [subject])).claims.get(subject);
}

const CONFLICTS = {
  registered: 'identity_registered',
  linked: 'identity_linked',
  sub_account: 'identity_sub_account',
  // To anybody else it is as if it were still linked.
  reserved: 'identity_linked',
} as const satisfies Record<Relation | typeof RESERVED, string>;

/** Why an identity that is owned can't be linked. It says which conflict, never whose. */
export function toConflict(old: Item | undefined): Problem {
  if (old === undefined) throw new TypeError('a claim was refused without its owner');
  return new Problem(CONFLICTS[parseClaim(old).relation]);
}

/** One conditional write per subject: whatever races, one account wins. */
export function subjectsClaimed(
  table: Table,
  provider: Provider,
  subjects: readonly Subject[],
  claim: Claim,
  { now, refusal = toConflict }: { readonly now: EpochSeconds; readonly refusal?: Fragment['refusal'] },
): Fragment[] {
  const isFree = {
    if: 'attribute_not_exists(pk) OR (relation = :reserved AND (accountId = :accountId OR expiresAt <= :now))',
    values: { ':reserved': RESERVED, ':accountId': claim.accountId, ':now': now },
  };
  return subjects.map((subject) =>
    put(table, keys.claim(provider, subject), { ...claim, provider }, isFree, refusal),
  );
}

/** Which method of which account an identity opens. */
export type Owner = Pick<Claim, 'accountId' | 'methodId'>;

function asSeen({ accountId, methodId }: Owner) {
  return {
    if: 'accountId = :accountId AND methodId = :methodId',
    values: { ':accountId': accountId, ':methodId': methodId },
  };
}

/**
 * Every claim of a method goes with it, so that the identity is free to be claimed; for a cooling-off period by the
 * same account only.
 */
export function subjectsReleased(
  table: Table,
  accountId: AccountId,
  { methodId, provider, subjects }: IdentityMethod,
  { now, coolingOffSeconds }: { readonly now: EpochSeconds; readonly coolingOffSeconds: number },
): Fragment[] {
  const condition = asSeen({ accountId, methodId });
  const reservation: Reservation = { accountId, relation: RESERVED, expiresAt: now + coolingOffSeconds };
  return subjects.flatMap((subject) => {
    const key = keys.claim(provider, subject);
    if (coolingOffSeconds === 0) return [remove(table, key, condition, stale)];
    return [
      put(table, key, { ...reservation, provider }, condition, stale),
      reservationListed(table, provider, subject, reservation),
    ];
  });
}

/** An account is asked for its reservations when it is closed. */
function reservationListed(
  table: Table,
  provider: Provider,
  subject: Subject,
  { accountId, expiresAt }: Reservation,
): Fragment {
  const key = keys.reservation(accountId, provider, subject);
  return {
    write: { Put: { TableName: table.name, Item: { ...key, provider, subject, expiresAt } } },
    refusal: stale,
  };
}

const listedSchema = z.object({ provider: z.enum(PROVIDERS), subject: z.string(), expiresAt: z.int() });

/** An identity that was unlinked, and returns to its account alone until then. */
export type Reserved = z.infer<typeof listedSchema>;

export function parseReserved(item: Item): Reserved {
  return listedSchema.parse(item);
}

/** The identities of these, of those that an account has listed as reserved, that still are: unowned, and to return to it alone. */
export async function readReserved(
  table: Table,
  accountId: AccountId,
  listed: readonly Item[],
): Promise<readonly Fragment[]> {
  const claimKeys = listed.map((item) => {
    const { provider, subject } = parseReserved(item);
    return keys.claim(provider, subject as Subject);
  });
  const items = await readItems(table, claimKeys);
  return claimKeys.flatMap((key) => {
    const item = items.get(key);
    const claim = item && parseClaim(item);
    if (claim?.relation !== RESERVED || claim.accountId !== accountId) return [];
    const condition = {
      if: 'relation = :reserved AND accountId = :accountId',
      values: { ':reserved': RESERVED, ':accountId': accountId },
    };
    return [remove(table, key, condition, stale)];
  });
}

/** The claims of a method that gets another id, and with it is in another state, or of another relation to its account, or not. */
export function claimsRenewed(
  table: Table,
  accountId: AccountId,
  { methodId, provider, subjects }: IdentityMethod,
  next: Pick<Claim, 'methodId' | 'suspended' | 'relation'>,
): Fragment[] {
  const seen = asSeen({ accountId, methodId });
  const change = `SET methodId = :new, relation = :relation${next.suspended ? ', suspended = :suspended' : ' REMOVE suspended'}`;
  const values = {
    ':new': next.methodId,
    ':relation': next.relation,
    ...(next.suspended && { ':suspended': true }),
  };
  const condition = { ...seen, values: { ...seen.values, ...values } };
  return subjects.map((subject) => update(table, keys.claim(provider, subject), change, condition, stale));
}
