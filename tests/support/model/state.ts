/**
 * A plain model of what the service promises, written from the HTTP contract: who owns what, which codes wait for whom, what is
 * spent, and what a browser holds. It knows nothing of tables, tokens or hashes: whatever a request makes has the request's label.
 */

export const PROVIDERS = ['email', 'wechat', 'qq'] as const;
export type Provider = (typeof PROVIDERS)[number];
export type OAuthProvider = Exclude<Provider, 'email'>;
export type Purpose = `${'link' | 'unlink' | 'replace' | 'clear'}_${Provider}` | 'only' | 'preferences';
export const PURPOSES: readonly Purpose[] = [
  ...(['link', 'unlink', 'replace', 'clear'] as const).flatMap((action) =>
    PROVIDERS.map((provider): Purpose => `${action}_${provider}`),
  ),
  'only',
  'preferences',
];

/** What an owner has chosen. */
export interface Preferences {
  readonly language?: 'zh-CN' | 'en';
  readonly notify?: 'all' | 'mail' | 'sms';
}

/**
 * What codes by SMS are counted for: an identity check in sessions that one method opened; to restore by one link to the phone, or by
 * any mailed one.
 */
export type ChallengeKey = `${Purpose} ${Provider}` | `restore ${string}`;

/** Stands for what a request makes: a code, a session, a flow, a method. */
export type Label = string;
/** Seconds since 1970. */
export type At = number;

export const DAY = 86_400;

/** The settings that the contract calls rules; times in seconds. */
export interface Rules {
  readonly linkable: readonly Provider[];
  readonly smsCodeTtl: number;
  readonly mailCodeTtl: number;
  readonly checkTtl: number;
  readonly flowTtl: number;
  readonly attempts: number;
  readonly failuresPerDay: number;
  readonly resend: number;
  readonly sendsPer10Minutes: number;
  readonly sendsPerDay: number;
  readonly sessionIdle: number;
  readonly sessionMax: number;
  readonly coolingOff: number;
  readonly probation: number;
  /** Whether SMS have links; else codes in their place. */
  readonly hasLinks: boolean;
}

export interface Account {
  name: string;
  phone: string | null;
  isSub: boolean;
  preferences?: Preferences;
  /** Of what the company said of it last; 0 where it is as it was imported. */
  revision?: number;
  /** By the company: nobody signs in. */
  isSuspended?: boolean;
  /** The revision that the phone last changed with. */
  phoneRevision?: number;
  frozenUntil?: At;
  /** Browsers are known by a sign-in after that. */
  browsersForgottenAt?: At;
  /** When one way in was last said to be the only one; and when the code was sent that it was said with, the latest there was. */
  only?: { at: At; codeSentAt: At };
}

export interface Method {
  id: Label;
  relation: 'registered' | 'linked';
  subjects: string[];
  display: string;
  since: At;
  /** By an import: such a one is never on probation. */
  isImported?: boolean;
  isSuspended?: boolean;
  /** Of an address that mail has come back from: since when; and when a browser known to it was last mailed to all the same. */
  mailStoppedAt?: At;
  mailTriedAt?: At;
  /** When a code that was mailed to it was last typed. */
  mailProvedAt?: At;
}

/** Who owns an identity; or, once it was unlinked, for whom it is kept and until when. */
export interface Claim {
  account: string;
  relation: 'registered' | 'linked' | 'sub_account' | 'kept';
  methodId?: Label;
  until?: At;
}

interface LastFlow {
  flow: Label;
  provider: Provider;
  intent: 'link' | 'replace' | 'sign_in';
  result: string | null;
  at: At;
}

export interface Session {
  account: string;
  openedBy: Provider;
  methodId: Label;
  expiresAt: At;
  endsAt: At;
  lastFlow?: LastFlow;
  /** Notices that it was shown, and wants to see no more. */
  dismissed?: Label[];
}

export interface Code {
  label: Label;
  attempts: number;
  sentAt: At;
  expiresAt: At;
}

export interface Check {
  session: Label;
  factor: 'sms';
  sentTo: string;
  sentAt: At;
  /** Until it is verified. */
  code?: Code;
  verifiedUntil?: At;
  mail?: Code & { address: string };
}

/** All that counts for one account and what its codes are for. */
export interface Challenge {
  /** Wrong guesses, newest first. */
  failures: At[];
  /** Codes to restore, newest first. */
  codes?: At[];
  resendAt: { sms?: At };
  /** By address; those that have passed may linger. */
  mailResendAt: Record<string, At>;
  check?: Check;
}

export interface SignIn {
  address: string;
  attempts: number;
  expiresAt: At;
  resendAt: At;
  /** The browser that asked, where the address knew it. */
  device?: Label;
  code?: { label: Label; account: string; methodId: Label };
  /** Its address was that of an account that is closed since: it is known no more. */
  isForgotten?: boolean;
}

export interface Flow {
  provider: OAuthProvider;
  intent: 'link' | 'replace' | 'sign_in';
  /** The browser it was begun in. */
  token: Label;
  session?: Label;
  expiresAt: At;
  isUsed: boolean;
}

export interface Event {
  type: Exclude<Notice['type'], 'locked' | 'signed_out' | 'unfrozen'> | 'refused' | 'operator';
  provider: Provider;
  display: string;
  reason: string | null;
  at: At;
}

export type Channel = 'sms' | 'mail';

/** Where the owner is told, and whether with a link to undo. */
export interface Destination {
  by: Channel;
  to: string;
  hasLink: boolean;
}

/** What the owner is told of, and may say of that it was not them. */
export interface Notice {
  account: string;
  type:
    | 'linked'
    | 'unlinked'
    | 'replaced'
    | 'signed_in'
    | 'frozen'
    | 'suspended'
    | 'cleared'
    | 'locked'
    | 'signed_out'
    | 'phone_changed'
    | 'preferences_changed'
    | 'mail_stopped'
    | 'unfrozen';
  provider: Provider;
  display: string;
  at: At;
  expiresAt: At;
  /** The method that was there before the change, and the one that is there since. */
  before?: Method;
  after?: Method;
  /** Of the method it is about, where nothing but its state has changed. */
  subjects?: string[];
  /** The session whose doing it is. */
  bySession?: Label;
  /** A sign-in that a suspension refused. */
  isAttempt?: boolean;
  /** The support desk did it. */
  byOperator?: true;
  /** What the owner was written to in before it, where it changes that. */
  languageBefore?: string | null;
  /** Takes the place of a link whose guesses or codes are spent. */
  isSuccessor?: boolean;
  /** How many links before it were spent. */
  generation?: number;
  /** Those before the change; where there are none, those at the time it goes out. */
  destinations?: Destination[];
  /** Once it has gone out: everywhere it went. */
  told?: Destination[];
  /** Which of the account's phones has the link. */
  phoneRevision?: number;
  confirmedAt?: At;
  /** When something was last restored by it; and whether that was what it is about, so that there is nothing left. */
  restoredAt?: At;
  isPutBack?: boolean;
}

/** What a browser holds. */
export interface Jar {
  session?: Label;
  token?: Label;
  /** What it has signed in to, and when last. */
  device?: { id: Label; knows: Record<string, At> };
}

export interface State {
  readonly rules: Rules;
  now: At;
  accounts: Record<string, Account>;
  /** The revision of each account that there is no more. */
  closed: Record<string, number>;
  /** By account and provider. */
  methods: Record<string, Method>;
  /** By provider and subject. */
  claims: Record<string, Claim>;
  sessions: Record<Label, Session>;
  /** By account and purpose. */
  challenges: Record<string, Challenge>;
  /** When codes were sent, newest first; by kind and phone or address. */
  sends: Record<string, At[]>;
  /** Wrong guesses at sign-in addresses, newest first; by address, and device where it has its own. */
  failures: Record<string, At[]>;
  signIns: Record<Label, SignIn>;
  flows: Record<Label, Flow>;
  /** By account, oldest first. */
  events: Record<string, Event[]>;
  notices: Record<Label, Notice>;
  /** By phone, the notices that went there with a code that is good; oldest first. */
  undoCodes: Record<string, Label[]>;
  /** Notices that are so many a day; by account, method and kind. */
  counts: Record<string, At[]>;
  jars: Record<string, Jar>;
}

/** A state that differs from another: states are never changed once they are made. */
export function altered(state: State, change: (draft: State) => void): State {
  const draft = JSON.parse(JSON.stringify(state)) as State;
  change(draft);
  return draft;
}

export const keyOf = (...parts: readonly string[]): string => parts.join(' ');

export const methodOf = (state: State, account: string, provider: Provider): Method | undefined =>
  state.methods[keyOf(account, provider)];

const NOTHING: Challenge = { failures: [], resendAt: {}, mailResendAt: {} };
export const challengeOf = (state: State, account: string, key: ChallengeKey): Challenge =>
  state.challenges[keyOf(account, key)] ?? NOTHING;

/** Whether a method may do everything: not for a while after it was linked, nor once it was said to be somebody else's. */
export function stateOf(state: State, method: Method): 'active' | 'probation' | 'suspended' {
  const { isSuspended, isImported, relation, since } = method;
  if (isSuspended) return 'suspended';
  const isNew = relation === 'linked' && !isImported && state.now - since < state.rules.probation;
  return isNew ? 'probation' : 'active';
}

export const jarOf = (state: State, browser: string): Jar => state.jars[browser] ?? {};

export const iso = (at: At): string => new Date(at * 1000).toISOString();
export const isoOrNull = (at: At | undefined): string | null => (at === undefined ? null : iso(at));

/** `a***e@example.com`. */
export function maskedAddress(address: string): string {
  const [local = '', domain = ''] = address.split('@');
  return `${local.slice(0, 1)}***${local.length > 2 ? local.slice(-1) : ''}@${domain}`;
}

/** `138****8001`, of numbers of mainland China. */
export function maskedPhone(phone: string): string {
  return `${phone.slice(3, 6)}****${phone.slice(-4)}`;
}

/** What an event or a row shows of an identity. */
export const shown = (provider: Provider, display: string): string =>
  provider === 'email' ? maskedAddress(display) : display;
