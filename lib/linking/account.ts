import { type Challenge, NO_CHALLENGE } from './challenge.ts';
import { maskEmail } from './email.ts';
import {
  type Identity,
  type MethodState,
  type OAuthProviderName,
  PROVIDERS,
  type Provider,
  type Purpose,
  parsePurpose,
  type Subject,
} from './identity.ts';
import type { KeptOnly } from './kept-only.ts';
import type { Language } from './language.ts';
import type { PhoneNumber } from './phone.ts';
import { Problem } from './problem.ts';
import { type EpochSeconds, type Rules, secondsUntil, toIso } from './rules.ts';
import type { TokenHash } from './secrets.ts';

export type AccountId = string & { readonly __accountId: unique symbol };

export interface Account extends KeptOnly {
  readonly accountId: AccountId;
  readonly name: string;
  readonly phone?: PhoneNumber;
  /** Set for a sub-account (子账号): it neither signs in here nor changes links. */
  readonly parentId?: AccountId;
  /** What its owner is written to in; by the phone's country where it is not set. */
  readonly language?: Language;
  /** Until then nothing can be linked: somebody said that a change was not theirs. */
  readonly frozenUntil?: EpochSeconds;
  /** A browser that signed in no later than this counts as new: an attacker's may be among them. */
  readonly browsersForgottenAt?: EpochSeconds;
}

/** One way into an account. Its id is new each time something is linked, so that sessions opened by an earlier one end. */
export interface Method {
  readonly methodId: string;
  readonly provider: Provider;
  readonly relation: 'registered' | 'linked';
  /** Every subject the identity is claimed by. */
  readonly subjects: readonly Subject[];
  readonly display: string;
  /** Not there of a registered one whose import line does not say since when. */
  readonly since?: EpochSeconds;
  /** It came with an import line, not by a link of the account's own: it is never on probation. */
  readonly imported?: true;
  /** Nobody signs in with it until it is cleared. */
  readonly suspended?: true;
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
  /** Notices that it is shown no more. */
  readonly dismissed?: ReadonlySet<string>;
}

/** Everything a request of a signed-in user is judged by, as one read found it. */
export interface AccountView {
  readonly account: Account;
  readonly session: Session;
  readonly methods: ReadonlyMap<Provider, Method>;
  readonly challenges: ReadonlyMap<Purpose, Challenge>;
}

/** The result of the session's last flow, if it is this one and has none: neither a newer flow nor an earlier result is overwritten. */
export function resolveFlow(
  { session: { lastFlow } }: Pick<AccountView, 'session'>,
  { flowId, provider, intent }: Pick<LastFlow, 'flowId' | 'provider' | 'intent'>,
  result: string,
  now: EpochSeconds,
): LastFlow | undefined {
  if (lastFlow?.flowId !== flowId || lastFlow.result !== null) return undefined;
  return { flowId, provider, intent, result, at: now };
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
 * Until when a method that was linked is on probation: who linked it had a code from the phone, and may have had the phone for a minute.
 *
 * @returns undefined if it is not
 */
function probationUntil(
  { relation, since, imported }: Method,
  { probationSeconds }: Rules,
  now: EpochSeconds,
): EpochSeconds | undefined {
  if (relation !== 'linked' || imported || since === undefined) return undefined;
  const until = since + probationSeconds;
  return until > now ? until : undefined;
}

export function methodState(method: Method, rules: Rules, now: EpochSeconds): MethodState {
  if (method.suspended) return 'suspended';
  return probationUntil(method, rules, now) === undefined ? 'active' : 'probation';
}

/**
 * A session that a method on probation has opened looks at the account and ends itself, and does nothing else.
 *
 * @throws Problem `on_probation`
 */
export function requireNoProbation(
  { session, methods }: Pick<AccountView, 'session' | 'methods'>,
  rules: Rules,
  now: EpochSeconds,
): void {
  const method = methods.get(session.openedBy);
  const until = method && probationUntil(method, rules, now);
  if (until !== undefined) throw new Problem('on_probation', { retryAfter: secondsUntil(until, now) });
}

/**
 * Whether `purpose` could lead anywhere at all for this account, its owner's identity once checked. A freeze keeps out what is new, and
 * never what takes a way in away from an attacker.
 *
 * @throws Problem with the first reason why not
 */
export function requireActionPossible(
  { account, methods }: Pick<AccountView, 'account' | 'methods'>,
  purpose: Purpose,
  { rules, now }: { readonly rules: Rules; readonly now: EpochSeconds },
): void {
  if (account.parentId !== undefined) throw new Problem('sub_account');
  const parts = parsePurpose(purpose);
  if (parts.action === 'only') return;
  const { action, provider } = parts;
  const method = methods.get(provider);
  if (action === 'link' && !rules.linkableProviders.includes(provider)) throw new Problem('not_linkable');
  if (action !== 'clear' && method?.relation === 'registered') throw new Problem('registered_method');
  if (action === 'link' && method !== undefined) throw new Problem('already_linked');
  if (action !== 'link' && method === undefined) throw new Problem('not_linked');
  if (action === 'clear' && !method?.suspended) throw new Problem('not_suspended');
  const frozenUntil = activeFreezeUntil(account, now);
  if (action === 'link' && frozenUntil !== undefined)
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
  readonly state: MethodState | null;
  readonly stateUntil: string | null;
}

export function methodRow(method: Method, rules: Rules, now: EpochSeconds): MethodRow {
  const { provider, relation, since } = method;
  const actions = relation === 'linked' ? (['unlink'] as const) : [];
  const state = methodState(method, rules, now);
  const until = state === 'probation' ? probationUntil(method, rules, now) : undefined;
  const stateUntil = until === undefined ? null : toIso(until);
  return {
    provider,
    relation,
    display: shownDisplay(method),
    since: since === undefined ? null : toIso(since),
    actions,
    state,
    stateUntil,
  };
}

/** A row a provider: of those that are signed in with, and of those the account has from a time when they were. */
export function methodRows(
  view: Pick<AccountView, 'account' | 'methods'>,
  rules: Rules,
  now: EpochSeconds,
): MethodRow[] {
  const isSubAccount = view.account.parentId !== undefined;
  const shown = PROVIDERS.filter(
    (provider) => rules.signInProviders.includes(provider) || view.methods.has(provider),
  );
  return shown.map((provider): MethodRow => {
    const method = view.methods.get(provider);
    if (method !== undefined) {
      const row = methodRow(method, rules, now);
      return isSubAccount ? { ...row, actions: [] } : row;
    }
    const canLink = !isSubAccount && rules.linkableProviders.includes(provider);
    return {
      provider,
      relation: 'none',
      display: null,
      since: null,
      actions: canLink ? ['link'] : [],
      state: null,
      stateUntil: null,
    };
  });
}
