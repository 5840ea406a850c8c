import {
  checkKey,
  endEverySession,
  methodRow,
  requireActing,
  requirePossible,
  requireVerified,
  use,
} from './accounts.ts';
import { answered, type Pending, pending } from './answers.ts';
import { destinationsOf, tellOwner } from './notices.ts';
import { consume } from './sending.ts';
import {
  type At,
  altered,
  type Destination,
  type Jar,
  keyOf,
  type Label,
  methodOf,
  PROVIDERS,
  type Provider,
  type State,
} from './state.ts';

/** Sessions and codes that it gave are worth nothing from now on. */
function renew(draft: State, accountId: string, provider: Provider, by: Label): void {
  const method = methodOf(draft, accountId, provider);
  if (method === undefined) return;
  method.id = keyOf(by, provider);
  for (const subject of method.subjects) {
    const claim = draft.claims[keyOf(provider, subject)];
    if (claim) claim.methodId = method.id;
  }
}

/** By what request something happens, in which session if in any, and where the owner could be told before it. */
export interface Doing {
  readonly by: Label;
  readonly bySession?: Label;
  readonly byOperator?: true;
  readonly destinations: Destination[];
}

/** Nobody signs in with it until it is removed or cleared; the owner is told. */
export function suspend(draft: State, accountId: string, provider: Provider, { by, ...doing }: Doing): void {
  const method = methodOf(draft, accountId, provider);
  if (method === undefined || method.isSuspended) return;
  method.isSuspended = true;
  renew(draft, accountId, provider, by);
  tellOwner(draft, accountId, by, { type: 'suspended', provider, method, ...doing });
}

export function clear(draft: State, accountId: string, provider: Provider, { by, ...doing }: Doing): void {
  const method = methodOf(draft, accountId, provider);
  if (method === undefined) return;
  renew(draft, accountId, provider, by);
  if (!method.isSuspended) return;
  delete method.isSuspended;
  tellOwner(draft, accountId, by, { type: 'cleared', provider, method, ...doing });
}

/**
 * Leaves one way in. Of two codes the one that was sent later counts: somebody who has lost the phone has only old ones.
 *
 * @param said the way in, and when the code was sent that it is said with
 */
export function suspendOthers(
  draft: State,
  accountId: string,
  said: { readonly only: Provider; readonly codeSentAt: At },
  doing: Doing,
): void {
  const account = draft.accounts[accountId];
  const codeSentAt = Math.max(said.codeSentAt, account?.only?.codeSentAt ?? 0);
  if (account) account.only = { at: draft.now, codeSentAt };
  for (const provider of PROVIDERS) if (provider !== said.only) suspend(draft, accountId, provider, doing);
}

/** `POST /account/only`: the session that says so is the only one that stays, and its method the only way in. */
export function keepOnly(jar: Jar, by: Label): Pending {
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, 'only');
    const { sentAt: codeSentAt } = requireVerified(state, signedIn, 'only');
    const { accountId, label, session } = signedIn;
    const destinations = destinationsOf(state, accountId);
    const after = altered(state, (draft) => {
      consume(draft, accountId, checkKey(signedIn, 'only'));
      endEverySession(draft, accountId, by);
      const said = { only: session.openedBy, codeSentAt };
      suspendOthers(draft, accountId, said, { by, bySession: label, destinations });
      const kept = draft.sessions[label];
      if (kept) kept.methodId = methodOf(draft, accountId, session.openedBy)?.id ?? '';
      use(draft, label);
    });
    const methods = PROVIDERS.map((provider) => methodRow(after, accountId, provider));
    return answered(after, { status: 200, methods });
  });
}

/** `POST /links/{provider}/clear` */
export function liftSuspension(jar: Jar, by: Label, provider: Provider): Pending {
  const purpose = `clear_${provider}` as const;
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, purpose);
    requireVerified(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const destinations = destinationsOf(state, accountId);
    const after = altered(state, (draft) => {
      consume(draft, accountId, checkKey(signedIn, purpose));
      clear(draft, accountId, provider, { by, bySession: label, destinations });
      use(draft, label);
    });
    return answered(after, { status: 204 });
  });
}
