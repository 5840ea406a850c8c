import * as z from 'zod/mini';
import type { AccountId, Method } from '../linking/account.ts';
import { type Provider, RELATIONS, type Relation, type Subject } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { ABSENT, check, type Fragment, type Item, put, remove, stale, type Table, update } from './client.ts';
import { keys } from './keys.ts';

/** Who owns an identity: the uniqueness ledger over registered, linked and sub-account identities. */
export interface Claim {
  readonly accountId: AccountId;
  readonly relation: Relation;
  readonly methodId: string;
}

const claimSchema = z.object({ accountId: z.string(), relation: z.enum(RELATIONS), methodId: z.string() });

export function parseClaim(item: Item): Claim {
  const claim = claimSchema.parse(item);
  return { ...claim, accountId: claim.accountId as AccountId };
}

const CONFLICTS = {
  registered: 'identity_registered',
  linked: 'identity_linked',
  sub_account: 'identity_sub_account',
} as const satisfies Record<Relation, string>;

/** Why an identity that is owned can't be linked. It says which conflict, never whose. */
export function conflictOf(old: Item | undefined): Problem {
  if (old === undefined) throw new TypeError('a claim was refused without its owner');
  return new Problem(CONFLICTS[parseClaim(old).relation]);
}

/** One conditional write a subject: won by one account, whoever races. */
export function claimed(
  table: Table,
  provider: Provider,
  subjects: readonly Subject[],
  claim: Claim,
  refusal: Fragment['refusal'] = conflictOf,
): Fragment[] {
  return subjects.map((subject) =>
    put(table, keys.claim(provider, subject), { ...claim, provider }, ABSENT, refusal),
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

/** Every claim of a method goes with it, so that the identity is free for whoever holds it. */
export function released(table: Table, accountId: AccountId, method: Method): Fragment[] {
  const condition = asSeen({ accountId, methodId: method.methodId });
  return method.subjects.map((subject) =>
    remove(table, keys.claim(method.provider, subject), condition, stale),
  );
}

/** The claims of a method that gets another id. */
export function claimsRenewed(
  table: Table,
  accountId: AccountId,
  { methodId, provider, subjects }: Method,
  newMethodId: string,
): Fragment[] {
  const seen = asSeen({ accountId, methodId });
  const condition = { ...seen, values: { ...seen.values, ':new': newMethodId } };
  return subjects.map((subject) =>
    update(table, keys.claim(provider, subject), 'SET methodId = :new', condition, stale),
  );
}

/** The identity still belongs to whom it was found to belong to. */
export function claimKept(
  table: Table,
  provider: Provider,
  subject: Subject,
  owner: Owner,
  refusal: Fragment['refusal'] = stale,
): Fragment {
  return check(table, keys.claim(provider, subject), asSeen(owner), refusal);
}
