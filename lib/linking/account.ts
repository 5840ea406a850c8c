import { type Challenge, NO_CHALLENGE } from './challenge.ts';
import { maskEmail } from './email.ts';
import {
  type Identity,
  type OAuthProviderName,
  PROVIDERS,
  type Provider,
  type Purpose,
  parsePurpose,
  type Subject,
} from './identity.ts';
import type { Language } from './language.ts';
import type { PhoneNumber } from './phone.ts';
import { Problem } from './problem.ts';
import { type EpochSeconds, type Rules, secondsUntil, toIso } from './rules.ts';
import type { TokenHash } from './secrets.ts';

export type AccountId = string & { readonly __accountId: unique symbol };

export interface Account {
  readonly accountId: AccountId;
  readonly name: string;
  readonly phone?: PhoneNumber;
  /** What the owner is written to in; absent where nobody has said it. */
  readonly language?: Language;
  /** Set for a sub-account (子帐号): it neither signs in here nor changes links. */
  readonly parentId?: AccountId;
  /** Until then nothing can be linked or unlinked: somebody with a notice's link said that a change was not theirs. */
  readonly frozenUntil?: EpochSeconds;
}

/** One way into an account. Its id is new each time something is linked, so that sessions opened by an earlier one end. */
export interface Method {
  readonly methodId: string;
  readonly provider: Provider;
  readonly relation: 'registered' | 'linked';
  /** Every subject the identity is claimed by. */
  readonly subjects: readonly Subject[];
  readonly display: string;
  readonly since: EpochSeconds;
  /** It came with the account, from the company's account system. */
  readonly imported?: true;
}

export type FlowIntent = 'link' | 'sign_in';

/** A session's last OAuth flow; `result` is null while it is open. */
export interface LastFlow {
  readonly flowId: string;
  readonly provider: OAuthProviderName;
  readonly intent: FlowIntent;
  readonly result: string | null;
  readonly at: EpochSeconds;
}

export interface Session {
  readonly accountId: AccountId;
  readonly hash: TokenHash;
  /** The method that opened it: it ends with that method. */
  readonly openedBy: Provider;
  readonly methodId: string;
  /** When it ends if it is not used until then. */
  readonly expiresAt: EpochSeconds;
  /** When it ends however much it is used. */
  readonly endsAt: EpochSeconds;
  readonly lastFlow?: LastFlow;
}

/** Everything a request of a signed-in user is judged by, as one read found it. */
export interface AccountView {
  readonly account: Account;
  readonly session: Session;
  readonly methods: ReadonlyMap<Provider, Method>;
  readonly challenges: ReadonlyMap<Purpose, Challenge>;
}

/** When a session used at `now` ends if it is not used again. */
export function sessionExpiresAt(endsAt: EpochSeconds, now: EpochSeconds, rules: Rules): EpochSeconds {
  return Math.min(now + rules.sessionIdleSeconds, endsAt);
}

/** A read renews a session only once a twelfth of its idle time has passed, so that most reads write nothing. */
export function isRenewalDue(session: Session, now: EpochSeconds, rules: Rules): boolean {
  const renewed = sessionExpiresAt(session.endsAt, now, rules);
  return renewed - session.expiresAt > rules.sessionIdleSeconds / 12;
}

export function challengeOf(view: Pick<AccountView, 'challenges'>, purpose: Purpose): Challenge {
  return view.challenges.get(purpose) ?? NO_CHALLENGE;
}

/**
 * Whether `purpose` could lead anywhere at all for this account, its owner's identity once checked.
 *
 * @throws Problem with the first reason why not
 */
export function requireActionPossible(
  { account, methods }: Pick<AccountView, 'account' | 'methods'>,
  purpose: Purpose,
  { rules, now }: { readonly rules: Rules; readonly now: EpochSeconds },
): void {
  const { action, provider } = parsePurpose(purpose);
  const method = methods.get(provider);
  if (account.parentId !== undefined) throw new Problem('sub_account');
  if (action === 'link' && !rules.linkableProviders.includes(provider)) throw new Problem('not_linkable');
  if (method?.relation === 'registered') throw new Problem('registered_method');
  if (action === 'link' && method !== undefined) throw new Problem('already_linked');
  if (action === 'unlink' && method === undefined) throw new Problem('not_linked');
  const frozenUntil = activeFreezeUntil(account, now);
  if (frozenUntil !== undefined)
    throw new Problem('account_frozen', { retryAfter: secondsUntil(frozenUntil, now) });
}

/** What the identity of an account's owner is checked with. */
export interface AccountFactor {
  readonly factor: 'sms';
  readonly phone: PhoneNumber;
  /** What the owner is written to in, if that is known. */
  readonly language?: Language;
}

/**
 * The factor that an account has. Asked for after `requireActionPossible`: what is impossible needs no check.
 *
 * @throws Problem `phone_missing`
 */
export function requireFactor({ phone, language }: Pick<Account, 'phone' | 'language'>): AccountFactor {
  if (phone === undefined) throw new Problem('phone_missing');
  return { factor: 'sms', phone, ...(language && { language }) };
}

/** Until when an account is frozen, or undefined if it is not. */
export function activeFreezeUntil({ frozenUntil }: Account, now: EpochSeconds): EpochSeconds | undefined {
  return frozenUntil !== undefined && frozenUntil > now ? frozenUntil : undefined;
}

/** What the owner sees of a method: a masked address, or a nickname. */
export function shownDisplay(identity: Pick<Identity, 'provider' | 'display'>): string {
  return identity.provider === 'email' ? maskEmail(identity.display) : identity.display;
}

/** A row of the account page's `methods`. */
export interface MethodRow {
  readonly provider: Provider;
  readonly relation: 'registered' | 'linked' | 'none';
  readonly display: string | null;
  readonly since: string | null;
  readonly actions: readonly ('link' | 'unlink')[];
}

export function methodRow(method: Method): MethodRow {
  const { provider, relation, since } = method;
  const actions = relation === 'linked' ? (['unlink'] as const) : [];
  return { provider, relation, display: shownDisplay(method), since: toIso(since), actions };
}

/** A row a provider: of those that are signed in with, and of those the account has from a time when they were. */
export function methodRows(view: Omit<AccountView, 'session'>, rules: Rules): MethodRow[] {
  const isSubAccount = view.account.parentId !== undefined;
  const shown = PROVIDERS.filter(
    (provider) => rules.signInProviders.includes(provider) || view.methods.has(provider),
  );
  return shown.map((provider): MethodRow => {
    const method = view.methods.get(provider);
    if (method !== undefined) return isSubAccount ? { ...methodRow(method), actions: [] } : methodRow(method);
    const canLink = !isSubAccount && rules.linkableProviders.includes(provider);
    return { provider, relation: 'none', display: null, since: null, actions: canLink ? ['link'] : [] };
  });
}
