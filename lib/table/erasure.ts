import type { AccountId } from '../linking/account.ts';
import { accountErased, accountStillClosed, type Tombstone } from './accounts.ts';
import { readReserved } from './claims.ts';
import { commit, type Fragment, type Item, stale, type Table } from './client.ts';
import { isReservationKey, type Key, keys } from './keys.ts';
import { codesKeptBelow, isNotice, parseNotice } from './notices.ts';
import { forgetUndoCodes } from './undo-codes.ts';

/**
 * How many items go in one transaction, each with the reservation that it may name, and the tombstone: a transaction holds 100 writes, and
 * the more it holds, the more it may meet.
 */
const BATCH = 40;

/** Some of what is left of an account beside its tombstone, in the order of its keys. */
async function readSome(table: Table, id: AccountId): Promise<Item[]> {
  const { pk, sk } = keys.account(id);
  for (const side of ['sk < :profile', 'sk > :profile']) {
    const { Items: items = [] } = await table.documents.send('Query', {
      TableName: table.name,
      KeyConditionExpression: `pk = :pk AND ${side}`,
      ExpressionAttributeValues: { ':pk': pk, ':profile': sk },
      ConsistentRead: true,
      Limit: BATCH,
    });
    if (items.length > 0) return items;
  }
  return [];
}

function itemGone(table: Table, { pk, sk }: Key): Fragment {
  return { write: { Delete: { TableName: table.name, Key: { pk, sk } } }, refusal: stale };
}

/** The codes of notices that are among what is to be erased are forgotten before it: they are found by these. */
async function forgetCodesOf(table: Table, items: readonly Item[]): Promise<void> {
  const notices = new Set(items.filter(isNotice).map((item) => parseNotice(item).noticeId));
  const phoneKeys = new Set(items.flatMap(codesKeptBelow));
  for (const phoneKey of phoneKeys) await forgetUndoCodes(table, phoneKey, notices);
}

/**
 * Erases all that is found of a closed account by its id: methods, sessions, checks, notices and their codes, history, and what is reserved for it. It is
 * done in parts, each of which takes back nothing of an account that was made anew since. What stops it is no harm: it may be done again.
 *
 * @throws StaleView if another record has come since, or a reservation has changed
 */
export async function eraseAccount(table: Table, tombstone: Tombstone): Promise<void> {
  const { accountId } = tombstone;
  const kept = accountStillClosed(table, tombstone);
  for (;;) {
    const items = await readSome(table, accountId);
    if (items.length === 0) break;
    await forgetCodesOf(table, items);
    const reserved = await readReserved(table, accountId, items.filter(isReservationKey));
    const gone = items.map((item) => itemGone(table, item as Item & Key));
    await commit(table, [kept, ...reserved, ...gone]);
  }
  await commit(table, [accountErased(table, tombstone)]);
}
