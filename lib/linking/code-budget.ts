import type { Channel } from './channel.ts';
import { DAY_SECONDS, type Rules, UNDO_SECONDS } from './rules.ts';
import { failureWindow, type Window } from './windows.ts';

/** What the codes of one challenge may be made to cost. */
export interface CodeBudget {
  /** Wrong guesses. */
  readonly guesses: Window;
  /** Codes; where there is none, where they go has quotas of its own. */
  readonly sends?: Window;
}

export function checkBudget(rules: Rules): CodeBudget {
  return { guesses: failureWindow(rules) };
}

/** A link to the phone has a budget of its own, for as long as it is good; mailed ones, which an attacker may read, have one together. */
export function restoreBudget(by: Channel, rules: Rules): CodeBudget {
  const { limit } = failureWindow(rules);
  return by === 'sms'
    ? { guesses: { limit, seconds: UNDO_SECONDS }, sends: { limit: 5, seconds: UNDO_SECONDS } }
    : { guesses: { limit, seconds: DAY_SECONDS }, sends: { limit: 20, seconds: DAY_SECONDS } };
}
