import type { Core } from '../dependencies.ts';
import type { AccountView } from '../linking/account.ts';
import { PROVIDERS } from '../linking/identity.ts';
import { newId } from '../linking/secrets.ts';
import { methodRenewed, methodStillAbsent } from '../table/accounts.ts';
import { claimsRenewed } from '../table/claims.ts';
import type { Fragment } from '../table/client.ts';

/**
 * Ends every session of an account, an attacker's as well: sessions and the codes of sign-ins under way are bound to the id of a method,
 * and every method gets a new one. A sign-in at the same moment comes either before it and is ended, or after it; so does one by a
 * method that was linked at the same moment.
 */
export function everySessionEnded(
  { table, random }: Pick<Core, 'table' | 'random'>,
  { account, methods }: Pick<AccountView, 'account' | 'methods'>,
): Fragment[] {
  const { accountId } = account;
  return PROVIDERS.flatMap((provider) => {
    const method = methods.get(provider);
    if (method === undefined) return [methodStillAbsent(table, accountId, provider)];
    const methodId = newId(random);
    return [
      methodRenewed(table, accountId, method, methodId),
      ...claimsRenewed(table, accountId, method, methodId),
    ];
  });
}
