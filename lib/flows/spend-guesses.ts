import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, shownDisplay } from '../linking/account.ts';
import { type Challenge, isSpent } from '../linking/challenge.ts';
import { checkBudget } from '../linking/code-budget.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Fragment } from '../table/client.ts';
import { recordRefusalAndNotify } from './record-event.ts';

/**
 * A wrong guess that leaves none: the phone's holder learns that somebody in a session tried, and by which method it was opened. For the
 * transaction that pays for the guess.
 */
export function guessesSpent(
  dependencies: Core,
  caller: Caller,
  { view, next, now }: { view: AccountView; next: Challenge; now: EpochSeconds },
): Fragment[] {
  const { account, session, methods } = view;
  const method = methods.get(session.openedBy);
  if (method === undefined || !isSpent(next, checkBudget(dependencies.settings.rules), now)) return [];
  const { provider, subjects } = method;
  return recordRefusalAndNotify(
    dependencies,
    caller,
    account.accountId,
    { type: 'locked', provider, display: shownDisplay(method), subjects, bySession: session.hash },
    'too_many_attempts',
  );
}
