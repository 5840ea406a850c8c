import type { Core, WithKeys } from '../dependencies.ts';
import { type AccountView, hasIdentity, type IdentityMethod } from '../linking/account.ts';
import type { Challenge } from '../linking/challenge.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { mailProved } from '../table/accounts.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { stillSignedIn } from '../table/views.ts';

/**
 * The reader of an address that mail had come back from has typed a code that was mailed to it: it is mailed to as before. Uses up code and
 * check; the method is the same, and whatever it opened stays open.
 *
 * @param change.challenge what becomes of the challenge
 * @throws StaleView if what it was judged by has changed
 */
export async function proveAddress(
  { table, settings }: Core & WithKeys,
  {
    view,
    challenge,
    now,
  }: { readonly view: AccountView; readonly challenge: Challenge; readonly now: EpochSeconds },
): Promise<IdentityMethod> {
  const { account, methods } = view;
  const method = methods.get('email');
  if (method === undefined || !hasIdentity(method)) throw new Problem('not_linked');
  const { rules } = settings;
  await commit(table, [
    mailProved(table, account.accountId, method.methodId, now),
    checkChanged(table, view, 'replace_email', challenge, now),
    ...stillSignedIn(table, view, 'replace_email', { now, rules, changing: ['email'] }),
  ]);
  const { mailStopped: _over, ...proved } = method;
  return { ...proved, mailProvedAt: now };
}
