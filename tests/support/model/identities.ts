import { requirePossible, requireSignedIn, requireVerified, tell, use } from './accounts.ts';
import { answered, type Pending, pending, Refused } from './answers.ts';
import {
  altered,
  type Claim,
  challengeOf,
  type Jar,
  keyOf,
  type Label,
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

/** The identity becomes the account's, whole, and the history has it. */
export function link(draft: State, account: string, identity: Identity, by: Label): void {
  const { provider, subjects, display } = identity;
  for (const subject of subjects)
    draft.claims[keyOf(provider, subject)] = { account, relation: 'linked', methodId: by };
  const method = { id: by, relation: 'linked', subjects: [...subjects], display, since: draft.now } as const;
  draft.methods[keyOf(account, provider)] = { ...method, subjects: [...subjects] };
  tell(draft, account, { type: 'linked', provider, display: shown(provider, display) });
}

/** `DELETE /links/{provider}`: every session it opened ends with it. */
export function unlink(jar: Jar, provider: Provider): Pending {
  const purpose = `unlink_${provider}` as const;
  return pending((state) => {
    const signedIn = requireSignedIn(state, jar);
    requirePossible(state, signedIn, purpose);
    requireVerified(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const after = altered(state, (draft) => {
      const method = methodOf(draft, accountId, provider);
      for (const subject of method?.subjects ?? []) {
        delete draft.claims[keyOf(provider, subject)];
        if (draft.rules.coolingOff > 0) {
          const until = draft.now + draft.rules.coolingOff;
          draft.claims[keyOf(provider, subject)] = { account: accountId, relation: 'kept', until };
        }
      }
      delete draft.methods[keyOf(accountId, provider)];
      const { check: _used, ...challenge } = challengeOf(draft, accountId, purpose);
      draft.challenges[keyOf(accountId, purpose)] = challenge;
      tell(draft, accountId, { type: 'unlinked', provider, display: shown(provider, method?.display ?? '') });
      use(draft, label);
    });
    return answered(after, { status: 204 });
  });
}

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
  tell(draft, account, { type: 'signed_in', provider, display });
}

/** The browser is known to what was signed in to with it, once it has kept the answer. */
export function knownTo(jar: Jar, label: Label, marks: readonly string[]) {
  const { id, knows } = jar.device ?? { id: label, knows: [] };
  return { device: { id, knows: [...new Set([...knows, ...marks])] } };
}
