import type { PreferencesAnswer } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type Account,
  type AccountView,
  challengeOf,
  requireActionPossible,
  requireFactor,
  shownDisplay,
} from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import { ownerLanguage, type Preferences } from '../linking/language.ts';
import { listDestinations } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { preferencesChosen } from '../table/accounts.ts';
import { checkChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { sessionStillOpen } from '../table/views.ts';
import { recordAndNotify } from './record-event.ts';

const PURPOSE = 'preferences';

/** What an account is written to in, and how it hears of sign-ins. */
export function preferencesBody(account: Pick<Account, 'language' | 'preferences'>): PreferencesAnswer {
  return { language: ownerLanguage(account) ?? null, notify: account.preferences?.notify ?? 'all' };
}

/**
 * Keeps what the owner has chosen, once the identity is checked; what they have not said stays as it was. They are told by every channel, in
 * the language of before: who changes what the owner reads must not silence it.
 */
export async function setPreferences(
  dependencies: Core,
  caller: Caller,
  { form, view, now }: { form: Preferences; view: AccountView; now: EpochSeconds },
): Promise<PreferencesAnswer> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  const { account, session, methods } = view;
  requireActionPossible(view, PURPOSE, { rules, now });
  requireFactor(account);
  const challenge = challengeOf(view, PURPOSE);
  requireVerified(challenge, session.hash, now);
  const preferences = { ...account.preferences, ...form };
  const method = methods.get(session.openedBy);
  await commit(table, [
    preferencesChosen(table, account, preferences, now),
    checkChanged(table, view, PURPOSE, consumeCheck(challenge), now),
    ...recordAndNotify(dependencies, caller, account.accountId, {
      type: 'preferences_changed',
      provider: session.openedBy,
      display: method ? shownDisplay(method) : session.openedBy,
      subjects: method?.subjects ?? [],
      destinations: listDestinations(view, rules, now),
      languageBefore: ownerLanguage(account) ?? null,
      bySession: session.hash,
    }),
    ...sessionStillOpen(table, view, { now, rules }),
  ]);
  return preferencesBody({ ...account, preferences });
}
