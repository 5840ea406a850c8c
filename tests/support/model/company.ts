import { record } from './accounts.ts';
import { isTaken } from './identities.ts';
import { destinationsOf, isSamePerson, tellOwner } from './notices.ts';
import {
  keyOf,
  type Label,
  type Method,
  maskedPhone,
  methodOf,
  PROVIDERS,
  type Provider,
  type State,
  shown,
} from './state.ts';

export interface RecordedIdentity {
  readonly provider: Provider;
  readonly subject: string;
  readonly display: string;
}

/** What the company's account system says of an account, the whole of it. */
export type CompanyRecord = { readonly accountId: string; readonly revision: number } & (
  | { readonly status: 'closed' }
  | {
      readonly status: 'active' | 'suspended';
      readonly name: string;
      readonly phone: string | null;
      readonly registered: RecordedIdentity;
      readonly links: readonly RecordedIdentity[];
    }
);
type OpenRecord = Extract<CompanyRecord, { name: string }>;

/** Of the account that is there, or was. */
export const revisionOf = (state: State, accountId: string): number | undefined =>
  state.accounts[accountId] ? (state.accounts[accountId]?.revision ?? 0) : state.closed[accountId];

/** An older revision changes nothing, nor does an equal one; nor one with an identity that is another account's. */
export function applyRecord(draft: State, said: CompanyRecord, by: Label): void {
  const { accountId, revision } = said;
  const seen = revisionOf(draft, accountId);
  if (seen !== undefined && revision <= seen) return;
  if (said.status === 'closed') close(draft, accountId, revision);
  else if (draft.accounts[accountId] === undefined) add(draft, said, by);
  else change(draft, said, by);
}

/** Nothing is left of it, and its identities are free; those, too, that were kept for it. */
function close(draft: State, accountId: string, revision: number): void {
  const address = methodOf(draft, accountId, 'email')?.display;
  const isOf = ({ account }: { account: string }) => account === accountId;
  for (const kept of [draft.claims, draft.sessions, draft.notices])
    for (const [key, value] of Object.entries(kept)) if (isOf(value)) delete kept[key];
  for (const kept of [draft.methods, draft.challenges])
    for (const key of Object.keys(kept)) if (key.startsWith(`${accountId} `)) delete kept[key];
  delete draft.accounts[accountId];
  delete draft.events[accountId];
  draft.closed[accountId] = revision;
  for (const signIn of Object.values(draft.signIns)) {
    if (signIn.address !== address) continue;
    // No code comes of it any more, and nobody knows which browser asked.
    delete signIn.code;
    delete signIn.device;
    signIn.isForgotten = true;
  }
}

const asMethod = (
  { provider, display, subject }: RecordedIdentity,
  relation: Method['relation'],
  by: Label,
  since: number,
): Method => ({ id: keyOf(by, provider), relation, subjects: [subject], display, since, isImported: true });

function put(draft: State, account: string, provider: Provider, method: Method): void {
  draft.methods[keyOf(account, provider)] = method;
  for (const subject of method.subjects)
    draft.claims[keyOf(provider, subject)] = { account, relation: method.relation, methodId: method.id };
}

function drop(draft: State, account: string, provider: Provider): void {
  for (const subject of methodOf(draft, account, provider)?.subjects ?? [])
    delete draft.claims[keyOf(provider, subject)];
  delete draft.methods[keyOf(account, provider)];
}

function add(draft: State, said: OpenRecord, by: Label): void {
  const { accountId, name, phone, registered, links, revision, status } = said;
  const identities = [registered, ...links];
  if (identities.some(({ provider, subject }) => isTaken(draft, accountId, provider, subject))) return;
  const wasClosed = accountId in draft.closed;
  delete draft.closed[accountId];
  draft.accounts[accountId] = {
    name,
    phone,
    isSub: false,
    revision,
    ...(status === 'suspended' && { isSuspended: true }),
    // Whoever was signed in to the one before is new to this one.
    ...(wasClosed && { browsersForgottenAt: draft.now }),
  };
  for (const [index, identity] of identities.entries()) {
    const relation = index === 0 ? 'registered' : 'linked';
    put(draft, accountId, identity.provider, asMethod(identity, relation, by, draft.now));
  }
}

export const registeredOf = (state: State, accountId: string): [Provider, Method] | undefined =>
  PROVIDERS.flatMap((provider): [Provider, Method][] => {
    const method = methodOf(state, accountId, provider);
    return method?.relation === 'registered' ? [[provider, method]] : [];
  })[0];

function change(draft: State, said: OpenRecord, by: Label): void {
  const { accountId, registered, status, phone, revision } = said;
  const account = draft.accounts[accountId];
  if (account === undefined) return;
  const destinations = destinationsOf(draft, accountId).map((to) => ({ ...to, hasLink: false }));
  if (!register(draft, accountId, registered, by)) return;
  account.name = said.name;
  account.revision = revision;
  if (status === 'suspended' && !account.isSuspended) endAll(draft, accountId, by);
  delete account.isSuspended;
  if (status === 'suspended') account.isSuspended = true;
  if (phone === account.phone) return;
  const display = maskedPhone(phone ?? account.phone ?? '');
  account.phone = phone;
  account.phoneRevision = revision;
  for (const key of Object.keys(draft.challenges))
    if (key.startsWith(`${accountId} `)) delete draft.challenges[key]?.check;
  const about = { type: 'phone_changed', provider: registered.provider, display, destinations } as const;
  tellOwner(draft, accountId, by, { ...about, method: { subjects: [], display } });
}

/** The registered identity takes the place of the one before, and of what is linked at its provider. @returns whether it could */
function register(draft: State, accountId: string, identity: RecordedIdentity, by: Label): boolean {
  const { provider, subject } = identity;
  const current = methodOf(draft, accountId, provider);
  const isSame = current?.subjects.includes(subject) === true;
  if (!isSame && isTaken(draft, accountId, provider, subject)) return false;
  const [before, old] = registeredOf(draft, accountId) ?? [];
  if (before !== undefined && before !== provider) drop(draft, accountId, before);
  if (!isSame) drop(draft, accountId, provider);
  const method: Method =
    current && isSame
      ? { ...current, relation: 'registered' }
      : asMethod(identity, 'registered', by, draft.now);
  put(draft, accountId, provider, method);
  const isOther = before !== provider || (old !== undefined && !isSamePerson(old, method));
  if (isOther)
    record(draft, accountId, { type: 'replaced', provider, display: shown(provider, method.display) });
  return true;
}

/** Every session ends, and every code of a sign-in under way is worth nothing. */
function endAll(draft: State, accountId: string, by: Label): void {
  for (const provider of PROVIDERS) {
    const method = methodOf(draft, accountId, provider);
    if (method) put(draft, accountId, provider, { ...method, id: keyOf(by, provider) });
  }
}
