import { checkKey, preferencesOf, requireActing, requirePossible, requireVerified, use } from './accounts.ts';
import { answered, type Pending, pending } from './answers.ts';
import { destinationsOf, tellOwner } from './notices.ts';
import { consume } from './sending.ts';
import { altered, type Jar, type Label, methodOf, type Preferences } from './state.ts';

/** `PUT /account/preferences`: what is not said stays as it was. The owner is told everywhere, in the language of before. */
export function choosePreferences(jar: Jar, by: Label, chosen: Preferences): Pending {
  const purpose = 'preferences';
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, purpose);
    requireVerified(state, signedIn, purpose);
    const { accountId, label, account, session } = signedIn;
    const { openedBy: provider } = session;
    const preferences = { ...account.preferences, ...chosen };
    const destinations = destinationsOf(state, accountId);
    const after = altered(state, (draft) => {
      const method = methodOf(draft, accountId, provider);
      consume(draft, accountId, checkKey(signedIn, purpose));
      const changed = draft.accounts[accountId];
      if (changed) changed.preferences = preferences;
      const languageBefore = account.preferences?.language ?? null;
      const about = { type: 'preferences_changed', provider, languageBefore, destinations } as const;
      if (method) tellOwner(draft, accountId, by, { ...about, method, bySession: label });
      use(draft, label);
    });
    return answered(after, { status: 200, ...preferencesOf({ preferences }) });
  });
}
