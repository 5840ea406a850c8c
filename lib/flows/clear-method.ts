import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, challengeOf, requireActionPossible, requireFactor } from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import { WAYS_IN, type WayIn } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { stillSignedIn } from '../table/views.ts';
import { type MethodsChange, methodsChanged, recordStates, renewMethod } from './change-methods.ts';

/** Lifts the suspension of a method, once the identity is checked. */
export async function clearMethod(
  dependencies: Core,
  caller: Caller,
  { provider, view, now }: { provider: WayIn; view: AccountView; now: EpochSeconds },
): Promise<void> {
  const { table, settings, observer } = dependencies;
  const { rules } = settings;
  const { account, session, methods: seen } = view;
  const purpose = `clear_${provider}` as const;
  requireActionPossible(view, purpose, { rules, now });
  requireFactor(account);
  const method = seen.get(provider);
  if (method === undefined) throw new Problem('not_linked');
  const challenge = challengeOf(view, purpose);
  requireVerified(challenge, session.hash, now);
  const next = new Map(seen).set(provider, renewMethod(dependencies, method, false));
  const change: MethodsChange = { account, seen, next, now };
  await commit(table, [
    ...methodsChanged(dependencies, change),
    checkChanged(table, view, purpose, consumeCheck(challenge), now),
    ...recordStates(dependencies, caller, change, session.hash),
    ...stillSignedIn(table, view, purpose, { now, rules, changing: WAYS_IN }),
  ]);
  observer.count('Cleared');
}
