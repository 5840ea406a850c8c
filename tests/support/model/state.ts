/**
 * A plain model of what the service promises, written from the HTTP contract: who owns what, which codes wait for whom, what is
 * spent, and what a browser holds. It knows nothing of tables, tokens or hashes: whatever a request makes has the request's label.
 */

export const PROVIDERS = ['email', 'wechat', 'qq'] as const;
export type Provider = (typeof PROVIDERS)[number];
export type OAuthProvider = Exclude<Provider, 'email'>;
export type Purpose = `${'link' | 'unlink'}_${Provider}`;
export const PURPOSES: readonly Purpose[] = (['link', 'unlink'] as const).flatMap((action) =>
  PROVIDERS.map((provider): Purpose => `${action}_${provider}`),
);

/** What a code by SMS can be for: an identity check, or to restore what somebody else has changed. */
export type CodePurpose = Purpose | 'restore';

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
}

export interface Account {
  name: string;
  phone: string | null;
  isSub: boolean;
  frozenUntil?: At;
}

export interface Method {
  id: Label;
  relation: 'registered' | 'linked';
  subjects: string[];
  display: string;
  since: At;
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
  intent: 'link' | 'sign_in';
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
}

export interface Code {
  label: Label;
  attempts: number;
  expiresAt: At;
}

export interface Check {
  session: Label;
  factor: 'sms';
  sentTo: string;
  /** Until it is verified. */
  code?: Code;
  verifiedUntil?: At;
  mail?: Code & { address: string };
}

/** All that counts for one account and purpose. */
export interface Challenge {
  /** Wrong guesses, newest first. */
  failures: At[];
  /** By channel. */
  resendAt: { sms?: At; mail?: At };
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
}

export interface Flow {
  provider: OAuthProvider;
  intent: 'link' | 'sign_in';
  /** The browser it was begun in. */
  token: Label;
  session?: Label;
  expiresAt: At;
  isUsed: boolean;
}

export interface Event {
  type: 'linked' | 'unlinked' | 'replaced' | 'refused' | 'signed_in' | 'frozen';
  provider: Provider;
  display: string;
  reason: string | null;
  at: At;
}

/** What the owner was told of, and may say of that it was not them. */
export interface Notice {
  account: string;
  type: 'linked' | 'unlinked' | 'replaced' | 'signed_in' | 'frozen';
  provider: Provider;
  display: string;
  at: At;
  /** The method that was there before the change, and the one that is there since. */
  before?: Method;
  after?: Method;
  confirmedAt?: At;
  restoredAt?: At;
}

/** What a browser holds. */
export interface Jar {
  session?: Label;
  token?: Label;
  device?: { id: Label; knows: string[] };
}

export interface State {
  readonly rules: Rules;
  now: At;
  accounts: Record<string, Account>;
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

const NOTHING: Challenge = { failures: [], resendAt: {} };
export const challengeOf = (state: State, account: string, purpose: CodePurpose): Challenge =>
  state.challenges[keyOf(account, purpose)] ?? NOTHING;

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
