import type { Core, WithKeys, WithPhoneKeys } from '../dependencies.ts';
import {
  type Account,
  type AccountView,
  hasIdentity,
  type IdentityMethod,
  shownDisplay,
} from '../linking/account.ts';
import type {
  AccountRecord,
  ClosedRecord,
  OpenRecord,
  RecordedMethod,
  Rejection,
} from '../linking/account-record.ts';
import { bringMethodsInStep, changesPhone } from '../linking/account-step.ts';
import { isSamePerson, type Provider, type Relation, subjectAddress } from '../linking/identity.ts';
import { listUntrusted } from '../linking/notice.ts';
import { maskPhone } from '../linking/phone.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { listKeys, newId, pseudonym } from '../linking/secrets.ts';
import {
  accountChanged,
  accountClosed,
  accountCreated,
  accountMain,
  type Tombstone,
} from '../table/accounts.ts';
import { parseOwnerId, subjectsClaimed } from '../table/claims.ts';
import { commit, type Fragment, type Item } from '../table/client.ts';
import { eraseAccount } from '../table/erasure.ts';
import { phoneBecomes } from '../table/phones.ts';
import { type Recorded, type RecordedAccount, readRecorded } from '../table/recorded.ts';
import { forgetSignIns } from '../table/sign-ins.ts';
import { retryWhenStale } from '../table/views.ts';
import { methodsBecome } from './change-methods.ts';
import { notifyOfEvent, recordEvent } from './record-event.ts';

/**
 * What a record is applied with. `keys` are those that sign-ins keep addresses under: without them, what the sign-ins of a closed account's
 * address hold of it stays until it expires, for a day at most.
 */
export type Applying = Pick<Core, 'table' | 'clock' | 'random'> & Partial<WithKeys> & WithPhoneKeys;

/** What became of a record. */
export type Applied = 'added' | 'updated' | 'unchanged' | Rejection;

/** Nobody's browser: it is the company that changes an account. */
const COMPANY = { maskedIp: '*', device: '' };

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

const refuseClaim = (provider: Provider) => (old: Item | undefined) => new IdentityTaken(provider, old);

const SAME_REVISION: Rejection = {
  rejected: 'the account is there already, with other data',
  because: 'same_revision',
};

/**
 * Brings an account in step with a record of the company's account system, whole or not at all. Safe to repeat, and in any order: a record
 * whose revision is not newer than what is stored changes nothing. One that closes an account closes it first, whole, and then erases what
 * is left; if that is cut short, the next record of the account goes on with it, the same one too.
 *
 * @returns a rejection that says `same_revision` for a record that says other things than the one of that revision which was applied, and
 *   names the identity that is another account's where one is: then nothing is changed
 */
export async function applyAccount(dependencies: Applying, record: AccountRecord): Promise<Applied> {
  const { table } = dependencies;
  try {
    return await retryWhenStale(table, async () => {
      const parentId = record.status === 'closed' ? undefined : record.account.parentId;
      const found = await readRecorded(table, record.accountId, parentId);
      if (found.tombstone) await finishErasing(dependencies, found.tombstone);
      return record.status === 'closed'
        ? closeAccount(dependencies, record, found)
        : openAccount(dependencies, record, found);
    });
  } catch (error) {
    if (error instanceof IdentityTaken) return error.rejection;
    throw error;
  }
}

async function openAccount(
  dependencies: Applying,
  record: OpenRecord,
  { stored, tombstone, parent }: Recorded,
): Promise<Applied> {
  const { revision, fingerprint, account } = record;
  const seen = stored ? (stored.account.revision ?? 0) : tombstone?.revision;
  if (seen !== undefined && revision <= seen) {
    const isOther = revision === seen && stored?.fingerprint !== fingerprint;
    return isOther ? SAME_REVISION : 'unchanged';
  }
  const refusal = account.parentId && refuseParent(parent);
  if (refusal) return refusal;
  if (stored === undefined) return addAccount(dependencies, record, tombstone);
  return changeAccount(dependencies, record, stored);
}

/** What is wrong with the account that is to be a parent. */
function refuseParent(parent: Account | undefined): Rejection | undefined {
  if (parent === undefined)
    return { rejected: 'parentId: there is no such account', because: 'parent_unknown' };
  if (parent.parentId !== undefined) return { rejected: 'parentId: is a sub-account itself' };
  return undefined;
}

/** Adds an account, with everything it can sign in with; in place of what was left of one that was closed under its id. */
async function addAccount(
  dependencies: Applying,
  { account, methods, fingerprint }: OpenRecord,
  tombstone: Tombstone | undefined,
): Promise<'added'> {
  const { table, clock, phoneKeys } = dependencies;
  const { parentId } = account;
  // Browsers that were known to the one before are new to this one.
  const forgotten = tombstone && { browsersForgottenAt: epochSeconds(clock) };
  const added = methods.map((method) => toMethod(dependencies, method));
  await commit(table, [
    accountCreated(
      table,
      { ...account, ...forgotten },
      { methods: added, imported: fingerprint, before: tombstone },
    ),
    ...phoneBecomes(table, phoneKeys, account),
    ...(parentId ? [accountMain(table, parentId)] : []),
    ...added.flatMap((method) => methodClaimed(dependencies, account, method)),
  ]);
  return 'added';
}

function toMethod({ clock, random }: Applying, { subject, ...method }: RecordedMethod): IdentityMethod {
  return {
    ...(method.relation === 'linked' && { since: epochSeconds(clock) }),
    ...method,
    methodId: newId(random),
    subjects: [subject],
    imported: true,
  };
}

function methodClaimed(
  { table, clock }: Applying,
  { accountId, parentId }: Account,
  { provider, subjects, methodId, relation: own }: IdentityMethod,
): Fragment[] {
  const relation: Relation = parentId === undefined ? own : 'sub_account';
  return subjectsClaimed(
    table,
    provider,
    subjects,
    { accountId, relation, methodId },
    { now: epochSeconds(clock), refusal: refuseClaim(provider) },
  );
}

/** Makes an account what the record says; what its owner has linked stays, but for what the registered identity takes the place of. */
async function changeAccount(
  dependencies: Applying,
  record: OpenRecord,
  stored: RecordedAccount,
): Promise<'updated'> {
  const { table, clock, random, phoneKeys } = dependencies;
  const { account: before, methods: seen } = stored;
  const { parentId } = record.account;
  const now = epochSeconds(clock);
  const next = bringMethodsInStep(stored, record, () => newId(random));
  const phoneRevision = changesPhone(before, record.account) ? record.revision : before.phoneRevision;
  const account = { ...record.account, ...(phoneRevision !== undefined && { phoneRevision }) };
  await commit(table, [
    accountChanged(table, before, account, record.fingerprint),
    ...phoneBecomes(table, phoneKeys, account, before.phone),
    ...(parentId ? [accountMain(table, parentId)] : []),
    ...methodsBecome(table, { account, seen, next, now }, { coolingOffSeconds: 0, refuseClaim }),
    ...recordRegistered(dependencies, account, seen, next),
    ...tellOfPhone(dependencies, stored, account, next),
  ]);
  return 'updated';
}

type Methods = AccountView['methods'];

const findRegistered = (methods: Methods) =>
  [...methods.values()].find((method) => method.relation === 'registered' && hasIdentity(method));

/** The history of an account that is registered by another identity. Its owner knows it from the company, which has changed it. */
function recordRegistered(
  dependencies: Applying,
  { accountId }: Account,
  seen: Methods,
  next: Methods,
): Fragment[] {
  const [before, after] = [findRegistered(seen), findRegistered(next)];
  if (after === undefined || (before && isSamePerson(before, after))) return [];
  const { provider } = after;
  const event = { type: 'replaced', provider, display: shownDisplay(after) } as const;
  return [recordEvent(dependencies, COMPANY, accountId, event)];
}

/** The owner is told that codes go to another phone: where they were told things until then, since what is new may be an attacker's. */
function tellOfPhone(
  dependencies: Applying,
  stored: RecordedAccount,
  account: Account,
  next: Methods,
): Fragment[] {
  const { phone } = account;
  const before = stored.account.phone;
  const provider = findRegistered(next)?.provider;
  const shown = phone ?? before;
  if (phone === before || shown === undefined || provider === undefined) return [];
  const event = { type: 'phone_changed', provider, display: maskPhone(shown) } as const;
  const destinations = listUntrusted(stored);
  return [
    recordEvent(dependencies, COMPANY, account.accountId, event),
    notifyOfEvent(dependencies, COMPANY, account.accountId, { ...event, destinations }),
  ];
}

/**
 * Closes an account: from this transaction on there is none, nobody is signed in to it, and its identities are free. What is left is found
 * by nothing but its id, and is erased after that.
 */
async function closeAccount(
  dependencies: Applying,
  { accountId, revision }: ClosedRecord,
  { stored, tombstone }: Recorded,
): Promise<Applied> {
  const { table, clock, phoneKeys } = dependencies;
  const seen = stored ? (stored.account.revision ?? 0) : tombstone?.revision;
  if (seen !== undefined && revision <= seen)
    return stored && revision === seen ? SAME_REVISION : 'unchanged';
  const addressKeys = stored ? listAddressKeys(dependencies, stored.methods) : [];
  const closed: Tombstone = { accountId, revision, ...(stored && { erasing: { addressKeys } }) };
  const now = epochSeconds(clock);
  await commit(table, [
    accountClosed(table, closed, stored?.account ?? tombstone),
    ...phoneBecomes(table, phoneKeys, { accountId }, stored?.account.phone),
    ...(stored ? methodsGone(dependencies, stored, now) : []),
  ]);
  await finishErasing(dependencies, closed);
  return 'updated';
}

function methodsGone({ table }: Applying, { account, methods: seen }: RecordedAccount, now: EpochSeconds) {
  const next: Methods = new Map();
  return methodsBecome(table, { account, seen, next, now }, { coolingOffSeconds: 0 });
}

/** Under what sign-ins are kept of the address that the account has. */
function listAddressKeys({ keys }: Applying, methods: Methods): string[] {
  const subjects = methods.get('email')?.subjects ?? [];
  return (keys ? listKeys(keys, 'pseudonyms') : []).flatMap((key) =>
    subjects.map((subject) => pseudonym(key, 'email', subjectAddress(subject))),
  );
}

/** Erases what is left of a closed account. @throws StaleView if another record has come by then */
async function finishErasing({ table }: Applying, tombstone: Tombstone): Promise<void> {
  if (tombstone.erasing === undefined) return;
  for (const addressKey of tombstone.erasing.addressKeys) await forgetSignIns(table, addressKey);
  await eraseAccount(table, tombstone);
}
