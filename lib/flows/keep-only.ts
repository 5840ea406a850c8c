import type { OnlyAnswer } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  methodRows,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import { WAYS_IN } from '../linking/identity.ts';
import { keepOnlyAt } from '../linking/kept-only.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { accountReset } from '../table/accounts.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { sessionStillOpen } from '../table/views.ts';
import { keepOneMethod, type MethodsChange, methodsChanged, recordStates } from './change-methods.ts';

const PURPOSE = 'only';

/**
 * Keeps the method that opened this session, once the identity is checked: every other is suspended, a registered one too, and every
 * other session ends.
 */
export async function keepOnly(
  dependencies: Core,
  caller: Caller,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<OnlyAnswer> {
  const { table, settings, observer } = dependencies;
  const { rules } = settings;
  const { account, session, methods: seen } = view;
  const { openedBy, hash } = session;
  requireActionPossible(view, PURPOSE, { rules, now });
  requireFactor(account);
  const challenge = challengeOf(view, PURPOSE);
  requireVerified(challenge, hash, now);
  const next = keepOneMethod(dependencies, account, seen, openedBy);
  const methodId = next.get(openedBy)?.methodId;
  const change: MethodsChange = { account, seen, next, now };
  await commit(table, [
    ...methodsChanged(dependencies, change),
    checkChanged(table, view, PURPOSE, consumeCheck(challenge), now),
    accountReset(table, account, {
      browsersForgottenAt: now,
      ...keepOnlyAt(account, challenge, dependencies.clock()),
    }),
    ...recordStates(dependencies, caller, change, hash),
    ...sessionStillOpen(table, view, { now, rules, changing: WAYS_IN, ...(methodId && { methodId }) }),
  ]);
  observer.count('KeptOnly');
  return { methods: methodRows({ account, methods: next }, rules, now) };
}
