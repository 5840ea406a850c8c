import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import { openDevice } from '../linking/device.ts';
import { maskEmail } from '../linking/email.ts';
import { emailSubject } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import {
  judgeSignIn,
  parseChallengeId,
  requireSignInProvider,
  type SignInBudgets,
  type SignInRef,
  wasRequestedBy,
} from '../linking/sign-in.ts';
import { mailProved, methodKept, methodOpens } from '../table/accounts.ts';
import { commit, type Fragment } from '../table/client.ts';
import {
  readSignIn,
  signInAttempted,
  signInCodeWorthless,
  signInCompleted,
  signInFailed,
  signInFailuresKept,
} from '../table/sign-ins.ts';
import { countStep } from './count-step.ts';
import { refuseSuspended, refuseSuspendedAccount, signIn } from './open-session.ts';

/** What a guess is judged by: the challenge, and the budgets that it is paid from. */
async function readJudged(
  { table, keys }: Core & WithKeys,
  { deviceCookie }: Caller,
  { ref, now }: { ref: SignInRef; now: EpochSeconds },
) {
  const device = openDevice(deviceCookie, keys, now);
  const { challenge, everybody, ofDevice } = await readSignIn(table, ref, device?.id);
  const own = wasRequestedBy(challenge, device, keys) && { own: { ...ofDevice, deviceId: device.id } };
  const budgets: SignInBudgets = { everybody, ...own };
  return { challenge, budgets };
}

/** Signs in with the code that was mailed for a challenge. */
export async function signInByEmail(
  dependencies: Core & WithKeys,
  caller: Caller,
  { form: { challengeId, code }, now }: { form: { challengeId: string; code: Code }; now: EpochSeconds },
): Promise<{ readonly accountId: AccountId; readonly cookies: string[] }> {
  const { table, settings, keys, observer } = dependencies;
  requireSignInProvider('email', settings.rules);
  const ref = parseChallengeId(keys, challengeId);
  if (ref === undefined) throw new Problem('code_expired');
  const { challenge, budgets } = await readJudged(dependencies, caller, { ref, now });
  const judgement = judgeSignIn(challenge, budgets, { code, now, rules: settings.rules, keys });
  if (judgement.verdict === 'wrong') {
    await commit(table, [
      signInAttempted(table, ref, judgement.challenge),
      ...signInFailed(table, ref, judgement.budgets, now),
    ]);
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  }
  const { accountId, methodId, address, used } = judgement;
  const subject = emailSubject(address);
  const by = {
    accountId,
    openedBy: 'email',
    methodId,
    display: maskEmail(address),
    subjects: [subject],
    address,
    now,
    accountGone: signInCodeWorthless,
  } as const;
  const codeUsed = [signInCompleted(table, ref, used), ...signInFailuresKept(table, ref, budgets)];
  const method = { accountId, provider: 'email', methodId } as const;
  const opens = methodOpens(table, method, signInCodeWorthless);
  const proved = mailProved(table, accountId, methodId, now, signInCodeWorthless);
  const kept = methodKept(table, method, signInCodeWorthless);
  try {
    const cookies = await signInUnlessSuspended(dependencies, caller, by, {
      opens: [...codeUsed, opens, proved],
      refuses: [...codeUsed, kept],
    });
    countStep(dependencies, 'CodeVerified', { by: 'mail' });
    observer.count('SignedIn');
    return { accountId, cookies };
  } catch (error) {
    if (isSuspension(error, 'account_suspended'))
      await refuseSuspendedAccount(dependencies, caller, by, [...codeUsed, kept]);
    throw error;
  }
}

const isSuspension = (error: unknown, code: 'method_suspended' | 'account_suspended'): boolean =>
  error instanceof Problem && error.code === code;

/** @throws Problem `method_suspended`, once the owner is notified of it; or `account_suspended` */
async function signInUnlessSuspended(
  dependencies: Core & WithKeys,
  caller: Caller,
  by: Parameters<typeof signIn>[2],
  holds: { readonly opens: readonly Fragment[]; readonly refuses: readonly Fragment[] },
): Promise<string[]> {
  try {
    return (await signIn(dependencies, caller, by, holds.opens)).cookies;
  } catch (error) {
    if (isSuspension(error, 'method_suspended'))
      await refuseSuspended(dependencies, caller, by, holds.refuses);
    throw error;
  }
}
