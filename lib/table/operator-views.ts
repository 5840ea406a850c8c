import type { Account, AccountId, AccountView, Method } from '../linking/account.ts';
import { OAUTH_PROVIDERS, PROVIDERS, WAYS_IN, type WayIn } from '../linking/identity.ts';
import { parseAccount, parseMethod } from './accounts.ts';
import { type ReadItems, readItems, type Table } from './client.ts';
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

function collectMethods(items: ReadItems, id: AccountId, ways: readonly WayIn[]): AccountView['methods'] {
  const methods = ways.flatMap((provider): Method[] => {
    const item = items.get(keys.method(id, provider));
    return item ? [parseMethod(item)] : [];
  });
  return new Map(methods.map((method) => [method.provider, method]));
}

/** All that an operator judges an account by, in one round trip. @returns undefined if there is none */
export async function readOperatorView(table: Table, id: AccountId): Promise<OperatorView | undefined> {
  const splitKeys = OAUTH_PROVIDERS.map((provider) => keys.split(id, provider));
  const methodKeys = WAYS_IN.map((provider) => keys.method(id, provider));
  const items = await readItems(table, [keys.account(id), ...methodKeys, ...splitKeys]);
  const account = parseAccount(items.get(keys.account(id)));
  if (account === undefined) return undefined;
  const splits = splitKeys.flatMap((key) => {
    const item = items.get(key);
    return item ? [parseSplitMark(item)] : [];
  });
  return { account, methods: collectMethods(items, id, WAYS_IN), splits };
}

/** Those that there are of some accounts, with the methods that have identities, in one round trip. @param ids at most 25 */
export async function readPresentAccounts(
  table: Table,
  ids: readonly AccountId[],
): Promise<PresentAccount[]> {
  const items = await readItems(
    table,
    ids.flatMap((id) => [keys.account(id), ...PROVIDERS.map((provider) => keys.method(id, provider))]),
  );
  return ids.flatMap((id) => {
    const account = parseAccount(items.get(keys.account(id)));
    return account ? [{ account, methods: collectMethods(items, id, PROVIDERS) }] : [];
  });
}
