import type { Account, AccountId } from '../linking/account.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { hashPhone, type PhoneHash, type PhoneKeys } from '../linking/secrets.ts';
import { check, type Fragment, stale, type Table } from './client.ts';
import { type Key, keys } from './keys.ts';

/*
 * The ledger of phones: which accounts have one, an item each, below an HMAC of the phone. So a phone is looked up without a scan, and who
 * reads the table alone learns no phone from the ledger, nor whether two copies of the table hold the same one once the key was rotated.
 */

function listing(table: Table, key: Key): Fragment {
  return { write: { Put: { TableName: table.name, Item: { ...key } } }, refusal: stale };
}

function unlisting(table: Table, key: Key): Fragment {
  return { write: { Delete: { TableName: table.name, Key: key } }, refusal: stale };
}

/** The account is listed at the phone, under the current key alone. */
export function phoneListed(
  table: Table,
  { current, previous }: PhoneKeys,
  phone: PhoneNumber,
  id: AccountId,
): Fragment[] {
  const listed = listing(table, keys.phone(hashPhone(current, phone), id));
  return [listed, ...(previous ? [unlisting(table, keys.phone(hashPhone(previous, phone), id))] : [])];
}

/** The account is not listed at the phone, under whichever key it was. */
export function phoneUnlisted(
  table: Table,
  phoneKeys: PhoneKeys,
  phone: PhoneNumber,
  id: AccountId,
): Fragment[] {
  return hashes(phoneKeys, phone).map((hash) => unlisting(table, keys.phone(hash, id)));
}

/** The account is listed at the phone that it has now, and no longer at the one that it had before. */
export function phoneBecomes(
  table: Table,
  phoneKeys: PhoneKeys,
  { accountId, phone }: Pick<Account, 'accountId' | 'phone'>,
  before?: PhoneNumber,
): Fragment[] {
  const isGone = before !== undefined && before !== phone;
  return [
    ...(isGone ? phoneUnlisted(table, phoneKeys, before, accountId) : []),
    ...(phone === undefined ? [] : phoneListed(table, phoneKeys, phone, accountId)),
  ];
}

/** The account has this phone, still: for a transaction that lists it. */
export function accountHasPhone(table: Table, id: AccountId, phone: PhoneNumber): Fragment {
  return check(table, keys.account(id), { if: 'phone = :phone', values: { ':phone': phone } }, stale);
}

function hashes({ current, previous }: PhoneKeys, phone: PhoneNumber): PhoneHash[] {
  return [current, ...(previous ? [previous] : [])].map((key) => hashPhone(key, phone));
}

/** The most accounts of a page: each is read, and told that it was looked up. */
const PAGE = 20;

/** Some accounts of a phone, and the last of them if there are more. */
export interface PhonePage {
  readonly accountIds: readonly AccountId[];
  readonly next: AccountId | null;
}

/** A page of the accounts that have a phone, in the order of their ids; one round trip. */
export async function readAccountsOfPhone(
  table: Table,
  phoneKeys: PhoneKeys,
  phone: PhoneNumber,
  after?: AccountId,
): Promise<PhonePage> {
  const found = await Promise.all(hashes(phoneKeys, phone).map((hash) => readListed(table, hash, after)));
  const ids = [...new Set(found.flat())].toSorted();
  const page = ids.slice(0, PAGE);
  return { accountIds: page, next: ids.length > PAGE ? (page.at(-1) ?? null) : null };
}

/** One more than a page: whether there are more is known by it. */
async function readListed(table: Table, hash: PhoneHash, after: AccountId | undefined): Promise<AccountId[]> {
  const { pk, sk: prefix } = keys.phone(hash, '' as AccountId);
  const { Items: items = [] } = await table.documents.send('Query', {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ...(after && { ExclusiveStartKey: keys.phone(hash, after) }),
    ConsistentRead: true,
    Limit: PAGE + 1,
  });
  return items.map(({ sk }) => String(sk).slice(prefix.length) as AccountId);
}
