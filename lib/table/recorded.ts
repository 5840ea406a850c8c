import * as z from 'zod/mini';
import type { Account, AccountId, AccountView } from '../linking/account.ts';
import { parseAccount, parseMethods, parseTombstone, type Tombstone } from './accounts.ts';
import { type Item, readItems, type Table } from './client.ts';
import { keys } from './keys.ts';

/** What is stored of an account that a record is about. */
export interface RecordedAccount {
  readonly account: Account;
  readonly methods: AccountView['methods'];
  /** Of the record that it was last changed by. */
  readonly fingerprint: string;
}

/** What a record is judged by, as one read found it. */
export interface Recorded {
  /** Undefined if there is no such account, or none any more. */
  readonly stored: RecordedAccount | undefined;
  /** What is left of the account if it was closed. */
  readonly tombstone: Tombstone | undefined;
  /** The account that the record names as its parent; undefined if it names none, or there is none. */
  readonly parent: Account | undefined;
}

const recordedSchema = z.object({ imported: z._default(z.string(), '') });

function parseRecorded(item: Item | undefined): RecordedAccount | undefined {
  const account = parseAccount(item);
  if (account === undefined) return undefined;
  const { imported: fingerprint } = recordedSchema.parse(item);
  return { account, methods: parseMethods(item), fingerprint };
}

export async function readRecorded(
  table: Table,
  id: AccountId,
  parentId: AccountId | undefined,
): Promise<Recorded> {
  const key = keys.account(id);
  const parentKey = parentId && keys.account(parentId);
  const items = await readItems(table, [key, ...(parentKey ? [parentKey] : [])]);
  const item = items.get(key);
  return {
    stored: parseRecorded(item),
    tombstone: parseTombstone(item),
    parent: parentKey && parseAccount(items.get(parentKey)),
  };
}
