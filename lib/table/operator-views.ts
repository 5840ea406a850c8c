import type { Account, AccountId, AccountView } from '../linking/account.ts';
import { OAUTH_PROVIDERS } from '../linking/identity.ts';
import { parseAccount, parseMethods } from './accounts.ts';
import { readItems, type Table } from './client.ts';
import { keys } from './keys.ts';
import { parseSplitMark, type SplitMark } from './splits.ts';

/** An account as it is, whoever looks. */
export interface PresentAccount {
  readonly account: Account;
  readonly methods: AccountView['methods'];
}

/** The same, and of which persons it was found that they are split. */
export interface OperatorView extends PresentAccount {
  readonly splits: readonly SplitMark[];
}

/** All that an operator judges an account by, in one round trip. @returns undefined if there is none */
export async function readOperatorView(table: Table, id: AccountId): Promise<OperatorView | undefined> {
  const splitKeys = OAUTH_PROVIDERS.map((provider) => keys.split(id, provider));
  const items = await readItems(table, [keys.account(id), ...splitKeys]);
  const item = items.get(keys.account(id));
  const account = parseAccount(item);
  if (account === undefined) return undefined;
  const splits = splitKeys.flatMap((key) => {
    const item = items.get(key);
    return item ? [parseSplitMark(item)] : [];
  });
  return { account, methods: parseMethods(item), splits };
}

/** Those that there are of some accounts, in one round trip. @param ids at most 100 */
export async function readPresentAccounts(
  table: Table,
  ids: readonly AccountId[],
): Promise<PresentAccount[]> {
  const items = await readItems(table, ids.map(keys.account));
  return ids.flatMap((id) => {
    const item = items.get(keys.account(id));
    const account = parseAccount(item);
    return account ? [{ account, methods: parseMethods(item) }] : [];
  });
}
