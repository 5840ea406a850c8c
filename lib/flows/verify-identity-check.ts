import type { VerifiedAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, challengeOf, requireActionPossible, requireFactor } from '../linking/account.ts';
import { judgeCheckCode } from '../linking/challenge.ts';
import { checkBudget } from '../linking/code-budget.ts';
import type { Purpose } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { stillSignedIn } from '../table/views.ts';
import { countVerified } from './count-sending.ts';
import { countStep } from './count-step.ts';
import { guessesSpent } from './spend-guesses.ts';

/** Judges the code of an identity check; a right one opens the action of its purpose once, for this session. */
export async function verifyIdentityCheck(
  dependencies: Core & WithKeys,
  caller: Caller,
  {
    form: { purpose, code },
    view,
    now,
  }: { form: { purpose: Purpose; code: Code }; view: AccountView; now: EpochSeconds },
): Promise<VerifiedAnswer> {
  const { table, settings, keys } = dependencies;
  const { rules } = settings;
  const { hash } = view.session;
  requireActionPossible(view, purpose, { rules, now });
  const { phone } = requireFactor(view.account);
  const guess = { code, purpose, now, rules, budget: checkBudget(rules), keys };
  const judgement = judgeCheckCode(challengeOf(view, purpose), hash, guess);
  // The guess is paid for here, over exactly what was judged: until then the judgement is no answer.
  const { checks } = view;
  const { spent, fragments } =
    judgement.verdict === 'right'
      ? countVerified(dependencies, { spent: checks.spent, phone, now })
      : {
          spent: checks.spent,
          fragments: guessesSpent(dependencies, caller, { view, next: judgement.next, now }),
        };
  await commit(table, [
    checkChanged(table, { ...view, checks: { ...checks, spent } }, purpose, judgement.next, now),
    ...stillSignedIn(table, view, purpose, { now, rules }),
    ...fragments,
  ]);
  if (judgement.verdict === 'wrong')
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  countStep(dependencies, 'CodeVerified', { by: 'sms', to: phone });
  return { purpose, verifiedUntil: toIso(now + rules.checkTtlSeconds) };
}
