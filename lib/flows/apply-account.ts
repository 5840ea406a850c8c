import type { Core, WithKeys } from '../dependencies.ts';
import type { Account } from '../linking/account.ts';
import type { AccountRecord, OpenRecord, RecordedMethod, Rejection } from '../linking/account-record.ts';
import type { Provider, Relation } from '../linking/identity.ts';
import { epochSeconds } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import { accountCreated, accountOpen, methodCreated } from '../table/accounts.ts';
import { parseOwnerId, subjectsClaimed } from '../table/claims.ts';
import { commit, type Item } from '../table/client.ts';
import { readRecorded } from '../table/recorded.ts';
import { retryWhenStale } from '../table/views.ts';

/**
 * What a record is applied with. `keys` are those that sign-in addresses are kept under: without them, what the sign-ins of a closed
 * account's address hold of it stays until it expires.
 */
export type Applying = Pick<Core, 'table' | 'clock' | 'random'> & Partial<WithKeys>;

/** What became of a record. */
export type Applied = 'added' | 'updated' | 'unchanged' | Rejection;

class IdentityTaken extends Error {
  override readonly name = 'IdentityTaken';
  readonly rejection: Rejection;

  constructor(provider: Provider, claim: Item | undefined) {
    super('an identity belongs to another account');
    this.rejection = {
      rejected: `the ${provider} of the line belongs to another account`,
      because: { provider, ownerId: parseOwnerId(claim) },
    };
  }
}

/**
 * Brings an account in step with a record of the company's account system, whole or not at all. Safe to repeat, and in any order: a record
 * whose revision is not newer than what is stored changes nothing.
 */
export async function applyAccount(dependencies: Applying, record: AccountRecord): Promise<Applied> {
  if (record.status === 'closed') return { rejected: 'status: an account can’t be closed yet' };
  try {
    return await retryWhenStale(dependencies.table, () => addAccount(dependencies, record));
  } catch (error) {
    if (error instanceof IdentityTaken) return error.rejection;
    throw error;
  }
}

/** Where the account is there already it is left as it is: what its owner has linked or unlinked since is no difference. */
async function addAccount(dependencies: Applying, record: OpenRecord): Promise<Applied> {
  const { table } = dependencies;
  const { account, methods, fingerprint } = record;
  const { accountId, parentId } = account;
  const { stored, parent } = await readRecorded(table, accountId, parentId);
  if (stored !== undefined) {
    if (stored.fingerprint === fingerprint) return 'unchanged';
    return { rejected: 'the account is there already, with other data', because: 'same_revision' };
  }
  const refusal = parentId && refuseParent(parent);
  if (refusal) return refusal;
  await commit(table, [
    accountCreated(table, account, fingerprint),
    ...(parentId ? [accountOpen(table, parentId)] : []),
    ...methods.flatMap((method) => createMethod(dependencies, record, method)),
  ]);
  return 'added';
}

function createMethod(
  { table, clock, random }: Applying,
  { account: { accountId, parentId } }: OpenRecord,
  { subject, ...method }: RecordedMethod,
) {
  const now = epochSeconds(clock);
  const { provider } = method;
  const methodId = newId(random);
  const relation: Relation = parentId === undefined ? method.relation : 'sub_account';
  const claim = { accountId, relation, methodId };
  const refusal = (old: Item | undefined) => new IdentityTaken(provider, old);
  return [
    methodCreated(table, accountId, {
      ...(method.relation === 'linked' && { since: now }),
      ...method,
      methodId,
      subjects: [subject],
      imported: true,
    }),
    ...subjectsClaimed(table, provider, [subject], claim, { now, refusal }),
  ];
}

/** What is wrong with the account that is to be a parent. */
function refuseParent(parent: Account | undefined): Rejection | undefined {
  if (parent === undefined)
    return { rejected: 'parentId: there is no such account; a parent comes before its sub-accounts' };
  if (parent.parentId !== undefined) return { rejected: 'parentId: is a sub-account itself' };
  return undefined;
}
