import * as z from 'zod/mini';
import type { Account, AccountId, AccountView, Method } from '../linking/account.ts';
import { PROVIDERS } from '../linking/identity.ts';
import { parseAccount, parseMethod } from './accounts.ts';
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
  /** Undefined if there is no such account. */
  readonly stored: RecordedAccount | undefined;
  /** The account that the record names as its parent; undefined if it names none, or there is none. */
  readonly parent: Account | undefined;
}

const recordedSchema = z.object({ imported: z._default(z.string(), '') });

function parseRecorded(item: Item, methods: readonly Method[]): RecordedAccount {
  const { imported: fingerprint } = recordedSchema.parse(item);
  const byProvider = new Map(methods.map((method) => [method.provider, method]));
  return { account: parseAccount(item), methods: byProvider, fingerprint };
}

export async function readRecorded(
  table: Table,
  id: AccountId,
  parentId: AccountId | undefined,
): Promise<Recorded> {
  const key = keys.account(id);
  const parentKey = parentId && keys.account(parentId);
  const methodKeys = PROVIDERS.map((provider) => keys.method(id, provider));
  const items = await readItems(table, [key, ...methodKeys, ...(parentKey ? [parentKey] : [])]);
  const item = items.get(key);
  const parent = parentKey && items.get(parentKey);
  const methods = methodKeys.flatMap((methodKey) => {
    const found = items.get(methodKey);
    return found ? [parseMethod(found)] : [];
  });
  return { stored: item && parseRecorded(item, methods), parent: parent && parseAccount(parent) };
}
