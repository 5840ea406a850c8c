import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  hasIdentity,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import type { Provider } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { unlinkMethod } from './link.ts';

/** Unlinks what is linked at a provider, once the identity is checked. */
export async function unlink(
  dependencies: Core,
  caller: Caller,
  { provider, view, now }: { provider: Provider; view: AccountView; now: EpochSeconds },
): Promise<void> {
  const purpose = `unlink_${provider}` as const;
  requireActionPossible(view, purpose, { rules: dependencies.settings.rules, now });
  requireFactor(view.account);
  const method = view.methods.get(provider);
  if (method === undefined || !hasIdentity(method)) throw new Problem('not_linked');
  const challenge = challengeOf(view, purpose);
  requireVerified(challenge, view.session.hash, now);
  await unlinkMethod(dependencies, caller, method, { view, now, challenge: consumeCheck(challenge) });
}
