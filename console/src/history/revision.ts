import type { AccountAnswer } from '../../../lib/contract/answers.ts';

/**
 * Changes whenever something may have been put into the account's history: a change, the end of a visit to WeChat or QQ,
 * or a mail code that is used up.
 */
export function historyRevision(account: AccountAnswer): string {
  const { methods, checks, lastFlow, frozenUntil, preferences } = account;
  const relations = methods.map(({ provider, relation, since, state }) => [provider, relation, since, state]);
  const mailed = checks.filter(({ step }) => step === 'email').length;
  return JSON.stringify([relations, mailed, lastFlow?.flowId, lastFlow?.result, frozenUntil, preferences]);
}
