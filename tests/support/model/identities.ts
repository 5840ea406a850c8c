import {
  checkKey,
  record,
  requireActing,
  requirePossible,
  requireVerified,
  type SignedIn,
  use,
} from './accounts.ts';
import { answered, type Pending, pending, Refused } from './answers.ts';
import { destinationsOf, tellOwner } from './notices.ts';
import { consume } from './sending.ts';
import {
  altered,
  type Claim,
  type Jar,
  keyOf,
  type Label,
  type Method,
  methodOf,
  type Provider,
  type State,
  shown,
} from './state.ts';

/** Somebody at a provider, by every subject they have there. */
export interface Identity {
  readonly provider: Provider;
  readonly subjects: readonly string[];
  readonly display: string;
}

const claimOf = (state: State, provider: Provider, subject: string): Claim | undefined =>
  state.claims[keyOf(provider, subject)];

/** Of whom an identity is; what is only kept for somebody is nobody's. */
export function ownerAt(state: State, provider: Provider, subject: string): Claim | undefined {
  const claim = claimOf(state, provider, subject);
  return claim?.relation === 'kept' ? undefined : claim;
}

/** Whether somebody else owns it, or it is kept for somebody else. */
export function isTaken(state: State, account: string, provider: Provider, subject: string): boolean {
  const claim = claimOf(state, provider, subject);
  if (claim === undefined) return false;
  return claim.relation !== 'kept' || (claim.account !== account && (claim.until ?? 0) > state.now);
}

/** Why an identity can't be linked; whatever relation the first of its subjects that is taken has. */
export function conflictAt(
  state: State,
  account: string,
  { provider, subjects }: Identity,
): Refused | undefined {
  const taken = subjects.find((subject) => isTaken(state, account, provider, subject));
  if (taken === undefined) return undefined;
  const relation = claimOf(state, provider, taken)?.relation;
  if (relation === 'registered') return new Refused('identity_registered');
  return new Refused(relation === 'sub_account' ? 'identity_sub_account' : 'identity_linked');
}

/** The identity becomes the account's, by every subject of it. @param as how it was before, where it is put back */
export function take(
  draft: State,
  account: string,
  identity: Identity,
  by: Label,
  as: Pick<Method, 'since' | 'isImported' | 'isSuspended'> = { since: draft.now },
): Method {
  const { provider, subjects, display } = identity;
  const { since, isImported, isSuspended } = as;
  for (const subject of subjects)
    draft.claims[keyOf(provider, subject)] = { account, relation: 'linked', methodId: by };
  const method: Method = {
    id: by,
    relation: 'linked',
    subjects: [...subjects],
    display,
    since,
    ...(isImported && { isImported }),
    ...(isSuspended && { isSuspended }),
  };
  draft.methods[keyOf(account, provider)] = method;
  return { ...method, subjects: [...subjects] };
}

/** It is nobody's again; for a while it may be kept for the account it was of. */
export function release(draft: State, account: string, provider: Provider): void {
  const method = methodOf(draft, account, provider);
  const until = draft.now + draft.rules.coolingOff;
  for (const subject of method?.subjects ?? [])
    if (draft.rules.coolingOff > 0)
      draft.claims[keyOf(provider, subject)] = { account, relation: 'kept', until };
    else delete draft.claims[keyOf(provider, subject)];
  delete draft.methods[keyOf(account, provider)];
}

/** Why an identity can't be linked, or take the place of what is linked. */
export function refusalOf(state: State, account: string, identity: Identity): Refused | undefined {
  const { provider, subjects } = identity;
  const isItself = methodOf(state, account, provider)?.subjects.some((subject) => subjects.includes(subject));
  return isItself ? new Refused('already_linked') : conflictAt(state, account, identity);
}

/** A link is in the history, and the owner is told of it. What was linked there gives way to it. */
export function link(draft: State, { accountId, label }: SignedIn, identity: Identity, by: Label): void {
  const { provider } = identity;
  const destinations = destinationsOf(draft, accountId);
  const before = methodOf(draft, accountId, provider);
  if (before) release(draft, accountId, provider);
  const after = take(draft, accountId, identity, by);
  const about = { provider, method: after, after, bySession: label, destinations } as const;
  tellOwner(
    draft,
    accountId,
    by,
    before ? { type: 'replaced', before, ...about } : { type: 'linked', ...about },
  );
}

/** `DELETE /links/{provider}`: every session it opened ends with it. */
export function unlink(jar: Jar, by: Label, provider: Provider): Pending {
  const purpose = `unlink_${provider}` as const;
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, purpose);
    requireVerified(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const after = altered(state, (draft) => {
      const before = methodOf(draft, accountId, provider);
      if (before === undefined) return;
      const destinations = destinationsOf(draft, accountId);
      release(draft, accountId, provider);
      consume(draft, accountId, checkKey(signedIn, purpose));
      const about = { type: 'unlinked', provider, method: before, before, bySession: label } as const;
      tellOwner(draft, accountId, by, { ...about, destinations });
      use(draft, label);
    });
    return answered(after, { status: 204 });
  });
}

export const markOfAccount = (account: string): string => `account ${account}`;

/** Signs a browser in: a new session, in place of the one it had. */
export function openSession(
  draft: State,
  jar: Jar,
  session: {
    readonly label: Label;
    readonly account: string;
    readonly provider: Provider;
    readonly methodId: Label;
    readonly display: string;
  },
): void {
  const { label, account, provider, methodId, display } = session;
  const endsAt = draft.now + draft.rules.sessionMax;
  const expiresAt = Math.min(draft.now + draft.rules.sessionIdle, endsAt);
  if (jar.session !== undefined) delete draft.sessions[jar.session];
  draft.sessions[label] = { account, openedBy: provider, methodId, expiresAt, endsAt };
  const { browsersForgottenAt = 0 } = draft.accounts[account] ?? {};
  const method = { subjects: methodOf(draft, account, provider)?.subjects ?? [], display };
  const knownSince = jar.device?.knows[markOfAccount(account)];
  // Told only of a browser that is not known to the account.
  if (knownSince !== undefined && knownSince > browsersForgottenAt)
    record(draft, account, { type: 'signed_in', provider, display: shown(provider, display) });
  else tellOwner(draft, account, label, { type: 'signed_in', provider, method, bySession: label });
}

/** A sign-in that a suspension refuses is told to the phone. */
/** @param display what the person is called who tried */
export function tellRefused(
  draft: State,
  account: string,
  provider: Provider,
  { by, display }: { by: Label; display?: string },
): void {
  const found = methodOf(draft, account, provider);
  const method = found && { ...found, display: display ?? found.display };
  if (method) tellOwner(draft, account, by, { type: 'suspended', provider, method, isAttempt: true });
}

/** The browser is known to what was signed in to with it, once it has kept the answer. */
export function knownTo({ now }: State, jar: Jar, label: Label, marks: readonly string[]) {
  const { id, knows } = jar.device ?? { id: label, knows: {} };
  return { device: { id, knows: { ...knows, ...Object.fromEntries(marks.map((mark) => [mark, now])) } } };
}
