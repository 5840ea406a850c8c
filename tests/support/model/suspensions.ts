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
import { tellOwner } from './notices.ts';
import { consume } from './sending.ts';
import {
  type At,
  altered,
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

/** Nobody signs in with it until it is removed or cleared; the owner is told. */
export function suspend(
  draft: State,
  accountId: string,
  provider: Provider,
  by: Label,
  bySession?: Label,
): void {
  const method = methodOf(draft, accountId, provider);
  if (method === undefined || method.isSuspended) return;
  method.isSuspended = true;
  renew(draft, accountId, provider, by);
  tellOwner(draft, accountId, by, { type: 'suspended', provider, method, ...(bySession && { bySession }) });
}

export function clear(
  draft: State,
  accountId: string,
  provider: Provider,
  by: Label,
  bySession?: Label,
): void {
  const method = methodOf(draft, accountId, provider);
  if (method === undefined) return;
  renew(draft, accountId, provider, by);
  if (!method.isSuspended) return;
  delete method.isSuspended;
  tellOwner(draft, accountId, by, { type: 'cleared', provider, method, ...(bySession && { bySession }) });
}

/**
 * Leaves one way in. Of two codes the one that was sent later counts: whoever has the phone no more has only old ones.
 *
 * @param codeSentAt of the code that it is said with
 */
export function suspendOthers(
  draft: State,
  accountId: string,
  { only, codeSentAt, by, bySession }: { only: Provider; codeSentAt: At; by: Label; bySession?: Label },
): void {
  const account = draft.accounts[accountId];
  const latest = Math.max(codeSentAt, account?.only?.codeSentAt ?? 0);
  if (account) account.only = { at: draft.now, codeSentAt: latest };
  for (const provider of PROVIDERS)
    if (provider !== only) suspend(draft, accountId, provider, by, bySession);
}

/** `POST /account/only`: the session that says so is the only one that stays, and its method the only way in. */
export function keepOnly(jar: Jar, by: Label): Pending {
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, 'only');
    const { sentAt: codeSentAt } = requireVerified(state, signedIn, 'only');
    const { accountId, label, session } = signedIn;
    const after = altered(state, (draft) => {
      consume(draft, accountId, checkKey(signedIn, 'only'));
      endEverySession(draft, accountId, by);
      suspendOthers(draft, accountId, { only: session.openedBy, codeSentAt, by, bySession: label });
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
    const after = altered(state, (draft) => {
      consume(draft, accountId, checkKey(signedIn, purpose));
      clear(draft, accountId, provider, by, label);
      use(draft, label);
    });
    return answered(after, { status: 204 });
  });
}
