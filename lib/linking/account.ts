import { type Challenge, type Checks, NO_CHALLENGE } from './challenge.ts';
import { type EmailAddress, maskEmail } from './email.ts';
import {
  emailSubject,
  isProvider,
  type MethodState,
  type OAuthProviderName,
  PROVIDERS,
  type Provider,
  type Purpose,
  parsePurpose,
  type Subject,
  type WayIn,
} from './identity.ts';
import type { KeptOnly } from './kept-only.ts';
import { type Language, ownerLanguage, type Preferences } from './language.ts';
import type { MailStop, MailStopReason } from './mail-stop.ts';
import type { PhoneNumber } from './phone.ts';
import { Problem } from './problem.ts';
import { type EpochSeconds, type Rules, secondsUntil, toIso } from './rules.ts';
import type { TokenHash } from './secrets.ts';

export type AccountId = string & { readonly __accountId: unique symbol };

/** What the company's account system says of an account; of one that is closed nothing is left but its id and revision. */
export const ACCOUNT_STATUSES = ['active', 'suspended', 'closed'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export interface Account extends KeptOnly {
  readonly accountId: AccountId;
  readonly name: string;
  /** Of the record that it was last changed by; not there where that had none. */
  readonly revision?: number;
  /** The company lets nobody in until it says otherwise. */
  readonly suspended?: true;
  readonly phone?: PhoneNumber;
  /** Of the record that the phone last changed by: what was sent to the phone before that is void. Not there as long as it never has. */
  readonly phoneRevision?: number;
  /** Set for a sub-account (子账号): it neither signs in here nor changes links. */
  readonly parentId?: AccountId;
  /** What the company says that its owner is written to in; by the phone's country where it is not set. */
  readonly language?: Language;
  readonly preferences?: Preferences;
  /** Until then nothing can be linked: somebody said that a change was not theirs. */
  readonly frozenUntil?: EpochSeconds;
  /** A browser that signed in no later than this counts as new: an attacker's may be among them. */
  readonly browsersForgottenAt?: EpochSeconds;
}

/** One way into an account. Its id is new each time something is linked, so that sessions opened by an earlier one end. */
export interface Method {
  readonly methodId: string;
  readonly provider: WayIn;
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
  /** Of an address that gets no more mail. */
  readonly mailStopped?: MailStop;
  /** When a code that was mailed to the address was last typed, other than to link it: what comes back of an older mail says nothing of it. */
  readonly mailProvedAt?: EpochSeconds;
}

/** One that an identity stands behind, which the account has claimed. */
export type IdentityMethod = Method & { readonly provider: Provider };

export function hasIdentity(method: Method): method is IdentityMethod {
  return isProvider(method.provider);
}

/** That of the company's own login: an account has it once it was signed in to with it, and is known by it as what it is. */
export function ownLoginMethod(accountId: AccountId, methodId: string): Method {
  const subject = accountId as string as Subject;
  return {
    methodId,
    provider: 'assertion',
    relation: 'registered',
    subjects: [subject],
    display: accountId,
  };
}

/**
 * Whether the company's login may open an account.
 *
 * @returns why not; undefined if it may
 */
export function refuseOwnLogin(account: Account | undefined): Problem | undefined {
  if (account === undefined) return new Problem('account_unknown');
  if (account.parentId !== undefined) return new Problem('sub_account');
  return account.suspended ? new Problem('account_suspended') : undefined;
}

/** What is linked to an account, or takes the place of what is. */
export type LinkAction = 'link' | 'replace';
export type FlowIntent = LinkAction | 'sign_in';

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
  readonly openedBy: WayIn;
  readonly methodId: string;
  /** When it ends if it is not used until then. */
  readonly expiresAt: EpochSeconds;
  /** When it ends however much it is used. */
  readonly endsAt: EpochSeconds;
  /** Of a session of an earlier release nothing is known of where it was opened. */
  readonly openedAt?: EpochSeconds;
  readonly lastSeenAt?: EpochSeconds;
  readonly device?: string;
  /** Masked. */
  readonly ip?: string;
  readonly lastFlow?: LastFlow;
  /** Notices that it is shown no more. */
  readonly dismissed?: ReadonlySet<string>;
}

/** Everything a request of a signed-in user is judged by, as one read found it. */
export interface AccountView {
  readonly account: Account;
  readonly session: Session;
  readonly methods: ReadonlyMap<WayIn, Method>;
  /** Of the session's method. */
  readonly checks: Checks;
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

/** Whether a session is open: its time has not passed, and the method that opened it is still there. */
export function isSessionOpen(
  { openedBy, methodId, expiresAt, endsAt }: Session,
  methods: AccountView['methods'],
  now: EpochSeconds,
): boolean {
  return Math.min(expiresAt, endsAt) > now && methods.get(openedBy)?.methodId === methodId;
}

/** A read renews a session only once a twelfth of its idle time has passed, so that most reads write nothing. */
export function isRenewalDue(session: Session, now: EpochSeconds, rules: Rules): boolean {
  const renewed = sessionExpiresAt(session.endsAt, now, rules);
  return renewed - session.expiresAt > rules.sessionIdleSeconds / 12;
}

export function challengeOf({ checks }: Pick<AccountView, 'checks'>, purpose: Purpose): Challenge {
  return checks.challenges.get(purpose) ?? NO_CHALLENGE;
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
  const { action, provider } = parsePurpose(purpose);
  if (provider !== undefined) requireMethodFor({ action, provider }, methods.get(provider), rules);
  const frozenUntil = activeFreezeUntil(account, now);
  if (FROZEN_ACTIONS.includes(action) && frozenUntil !== undefined)
    throw new Problem('account_frozen', { retryAfter: secondsUntil(frozenUntil, now) });
}

/** What brings something in, or gives something away: a freeze keeps it from who may not be the owner. */
export const FROZEN_ACTIONS: readonly ReturnType<typeof parsePurpose>['action'][] = [
  'link',
  'replace',
  'preferences',
  'export',
];

function requireMethodFor(
  { action, provider }: { readonly action: string; readonly provider: WayIn },
  method: Method | undefined,
  { linkableProviders }: Rules,
): void {
  const isNew = action === 'link' || action === 'replace';
  // What is there already is proved, whatever can be linked now.
  const isProof = action === 'replace' && method?.mailStopped !== undefined;
  if (isNew && !isProof && !linkableProviders.some((linkable) => linkable === provider))
    throw new Problem('not_linkable');
  if (action !== 'clear' && !isProof && method?.relation === 'registered')
    throw new Problem('registered_method');
  if (action === 'link' && method !== undefined) throw new Problem('already_linked');
  if (action !== 'link' && method === undefined) throw new Problem('not_linked');
  if (action === 'clear' && !method?.suspended) throw new Problem('not_suspended');
}

/**
 * What linking at a provider is for this account: where something is linked, another takes its place; or the same once more, where mail to
 * it has come back.
 */
export function linkAction({ methods }: Pick<AccountView, 'methods'>, provider: Provider): LinkAction {
  const method = methods.get(provider);
  return method?.relation === 'linked' || method?.mailStopped ? 'replace' : 'link';
}

/**
 * Whether a code is to be mailed to the address that the account has, for its reader to prove it anew; then nothing is linked by it.
 *
 * @throws Problem `already_linked` if mail to it has not come back, `registered_method` if another address is to take the place of one
 *   that the account is registered by
 */
export function isMailProof(
  { methods }: Pick<AccountView, 'methods'>,
  address: EmailAddress,
  { linkableProviders }: Pick<Rules, 'linkableProviders'>,
): boolean {
  const method = methods.get('email');
  if (method === undefined) return false;
  if (method.subjects.includes(emailSubject(address))) {
    if (method.mailStopped === undefined) throw new Problem('already_linked');
    return true;
  }
  if (method.relation === 'registered') throw new Problem('registered_method');
  if (!linkableProviders.includes('email')) throw new Problem('not_linkable');
  return false;
}

/** What the identity of an account's owner is checked with. */
export interface AccountFactor {
  readonly factor: 'sms';
  readonly phone: PhoneNumber;
  readonly phoneRevision?: number;
  /** What the owner is written to in, if that is known. */
  readonly language?: Language;
}

/**
 * The factor that an account has. Asked for after `requireActionPossible`: what is impossible needs no check.
 *
 * @throws Problem `phone_missing`
 */
export function requireFactor({
  phone,
  phoneRevision,
  ...account
}: Pick<Account, 'phone' | 'phoneRevision' | 'language' | 'preferences'>): AccountFactor {
  const language = ownerLanguage(account);
  if (phone === undefined) throw new Problem('phone_missing');
  return {
    factor: 'sms',
    phone,
    ...(phoneRevision !== undefined && { phoneRevision }),
    ...(language && { language }),
  };
}

/** Until when an account is frozen, or undefined if it is not. */
export function activeFreezeUntil({ frozenUntil }: Account, now: EpochSeconds): EpochSeconds | undefined {
  return frozenUntil !== undefined && frozenUntil > now ? frozenUntil : undefined;
}

/** What the owner sees of a method: a masked address, or a nickname. */
export function shownDisplay({ provider, display }: Pick<Method, 'provider' | 'display'>): string {
  return provider === 'email' ? maskEmail(display) : display;
}

/** A row of the account page's `methods`. */
export interface MethodRow {
  readonly provider: Provider;
  readonly relation: 'registered' | 'linked' | 'none';
  readonly display: string | null;
  readonly since: string | null;
  readonly actions: readonly (LinkAction | 'unlink')[];
  readonly state: MethodState | null;
  readonly stateUntil: string | null;
  /** Left out where mail reaches it, as far as is known. */
  readonly mailStopped?: { readonly reason: MailStopReason; readonly at: string };
}

export function methodRow(method: IdentityMethod, rules: Rules, now: EpochSeconds): MethodRow {
  const { provider, relation, since, mailStopped } = method;
  const replace = rules.linkableProviders.includes(provider) ? (['replace'] as const) : [];
  const actions = relation === 'linked' ? (['unlink', ...replace] as const) : [];
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
    ...(mailStopped && { mailStopped: { reason: mailStopped.reason, at: toIso(mailStopped.at) } }),
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
    if (method !== undefined && hasIdentity(method)) {
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
