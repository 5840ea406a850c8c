import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  type IdentityMethod,
  isMailProof,
  linkAction,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { consumeMailCode, judgeMailCode, requireVerified } from '../linking/challenge.ts';
import { checkBudget } from '../linking/code-budget.ts';
import type { EmailAddress } from '../linking/email.ts';
import { emailSubject, type Identity } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { stillSignedIn } from '../table/views.ts';
import { countStep } from './count-step.ts';
import { linkIdentity, recordRefusal } from './link.ts';
import { proveAddress } from './prove-address.ts';
import { guessesSpent } from './spend-guesses.ts';

/**
 * Links the address that a right code was mailed to, in place of the one that is linked, if one is; uses up code and check with it. An
 * address that is somebody else's uses up the code alone. The one that is linked, which mail had come back from, is proved anew by it.
 */
export async function linkEmail(
  dependencies: Core & WithKeys,
  caller: Caller,
  {
    form: { email, code },
    view,
    now,
  }: { form: { email: EmailAddress; code: Code }; view: AccountView; now: EpochSeconds },
): Promise<IdentityMethod> {
  const { table, settings, keys } = dependencies;
  const { rules } = settings;
  const action = linkAction(view, 'email');
  const purpose = `${action}_email` as const;
  requireActionPossible(view, purpose, { rules, now });
  requireFactor(view.account);
  const seen = challengeOf(view, purpose);
  const check = requireVerified(seen, view.session.hash, now);
  const guess = {
    address: email,
    code,
    purpose,
    now,
    rules,
    budget: checkBudget(rules),
    keys,
  } as const;
  const judgement = judgeMailCode(seen, check, guess);
  if (judgement.verdict === 'wrong') {
    await commit(table, [
      checkChanged(table, view, purpose, judgement.next, now),
      ...stillSignedIn(table, view, purpose, { now, rules }),
      ...guessesSpent(dependencies, caller, { view, next: judgement.next, now }),
    ]);
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  }
  if (isMailProof(view, email, rules))
    return proveAddress(dependencies, { view, challenge: judgement.next, now });
  const identity: Identity = { provider: 'email', subjects: [emailSubject(email)], display: email };
  try {
    const change = { view, now, action, challenge: judgement.next };
    const method = await linkIdentity(dependencies, caller, identity, change);
    countStep(dependencies, 'CodeVerified', { by: 'mail' });
    return method;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const challenge = consumeMailCode(seen, check);
    await recordRefusal(dependencies, caller, identity, error, { view, now, action, challenge });
    throw error;
  }
}
