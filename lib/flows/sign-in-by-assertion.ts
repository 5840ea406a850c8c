import type { SessionOpenedAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithOwnLogin } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountId, ownLoginMethod, refuseOwnLogin } from '../linking/account.ts';
import type { Vouched } from '../linking/assertion.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import { OwnLoginError } from '../own-login/keys.ts';
import type { OwnLogin } from '../own-login/own-login.ts';
import { methodCreated, methodKept, readAccountMethod } from '../table/accounts.ts';
import { assertionUsed } from '../table/assertions.ts';
import { commit, type Fragment, stale } from '../table/client.ts';
import { refuseSuspended, refuseSuspendedAccount, signIn } from './open-session.ts';

/** When to try again while the keys of the company's login can't be read. */
const RETRY_SECONDS = 5;

/** Whom an assertion vouches for. @throws AssertionInvalid; Problem `unavailable` if the keys of the login can't be read */
async function verify(
  { observer }: Core,
  ownLogin: OwnLogin,
  assertion: string,
  now: EpochSeconds,
): Promise<Vouched> {
  try {
    return await ownLogin.verify(assertion, now);
  } catch (error) {
    if (!(error instanceof OwnLoginError)) throw error;
    observer.count('OwnLoginFailed');
    observer.error('the keys of the own login could not be read', { reason: error.reason });
    throw new Problem('unavailable', { retryAfter: RETRY_SECONDS });
  }
}

/** What is refused uses the assertion up; that the company has suspended the account is in its history, too. */
async function recordRefusal(
  dependencies: Core,
  caller: Caller,
  accountId: AccountId,
  { code }: Problem,
  used: Fragment,
): Promise<void> {
  if (code !== 'account_suspended') return commit(dependencies.table, [used]);
  const by = { accountId, openedBy: 'assertion', display: accountId } as const;
  await refuseSuspendedAccount(dependencies, caller, by, [used]);
}

/** An account that was suspended a moment ago: judged anew, so that the assertion is used up by that. @throws StaleView for it */
function rejudge(error: unknown): never {
  throw error instanceof Problem && error.code === 'account_suspended' ? stale() : error;
}

/**
 * Signs in whom the company's own login vouches for. The assertion is used up by it, whatever comes of it; of any number at once that hold
 * the same one, one is signed in.
 *
 * @throws Problem `not_found` where the deployment has no such login; `assertion_invalid`; `sub_account`, `account_suspended`,
 *   `account_unknown` or `method_suspended`, of an assertion that is right
 */
export async function signInByAssertion(
  dependencies: Core & WithKeys & WithOwnLogin,
  caller: Caller,
  { form: { assertion }, now }: { form: { assertion: string }; now: EpochSeconds },
): Promise<{ readonly answer: SessionOpenedAnswer; readonly cookies: string[] }> {
  const { table, random, ownLogin, observer } = dependencies;
  if (ownLogin === undefined) throw new Problem('not_found');
  const { accountId, jti } = await verify(dependencies, ownLogin, assertion, now);
  const used = assertionUsed(table, { issuer: ownLogin.issuer, jti }, now);
  const { account, method: known } = await readAccountMethod(table, accountId, 'assertion');
  const refusal = refuseOwnLogin(account);
  if (refusal) {
    await recordRefusal(dependencies, caller, accountId, refusal, used);
    throw refusal;
  }
  const method = known ?? ownLoginMethod(accountId, newId(random));
  const { provider: openedBy, methodId, subjects, display } = method;
  const by = { accountId, openedBy, methodId, subjects, display, now };
  if (method.suspended) {
    const kept = methodKept(table, { accountId, provider: openedBy, methodId });
    await refuseSuspended(dependencies, caller, by, [used, kept]).catch(rejudge);
    throw new Problem('method_suspended');
  }
  const there = known
    ? methodKept(table, { accountId, provider: openedBy, methodId })
    : methodCreated(table, accountId, method);
  const { token, expiresAt, cookies } = await signIn(dependencies, caller, by, [used, there]).catch(rejudge);
  observer.count('SignedIn');
  return { answer: { accountId, token, expiresAt: toIso(expiresAt) }, cookies };
}
