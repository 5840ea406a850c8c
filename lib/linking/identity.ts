import type { EmailAddress } from './email.ts';

/** The ways in that are another company's login page; each has a line in `lib/providers/registry.ts`. */
export const OAUTH_PROVIDERS = ['wechat', 'qq'] as const;
export type OAuthProviderName = (typeof OAUTH_PROVIDERS)[number];

/** Which of our apps at a provider: the website's or, for the provider's own browser, one that needs no QR code. */
export const APP_KINDS = ['website', 'in_app'] as const;
export type AppKind = (typeof APP_KINDS)[number];

/** Every provider, in the order the account page shows them. */
export const PROVIDERS = ['email', ...OAUTH_PROVIDERS] as const;
export type Provider = (typeof PROVIDERS)[number];

/**
 * Every way in: an identity at a provider, or an assertion of the company's own login. The latter is a method of the account like the
 * others, but that no identity is claimed for it.
 */
export const WAYS_IN = [...PROVIDERS, 'assertion'] as const;
export type WayIn = (typeof WAYS_IN)[number];

/** What an identity check can open at a provider. */
export const LINK_ACTIONS = ['link', 'unlink', 'replace'] as const;
/** `clear` lifts the suspension of a method. */
export const ACTIONS = [...LINK_ACTIONS, 'clear'] as const;
export type Action = (typeof ACTIONS)[number];
type LinkPurpose = `${(typeof LINK_ACTIONS)[number]}_${Provider}`;
type MethodPurpose = LinkPurpose | `clear_${WayIn}`;
/** What it can open for the whole account. `only` keeps the method that the session was opened by, and suspends every other. */
export const ACCOUNT_ACTIONS = ['only', 'preferences', 'export'] as const;
type AccountAction = (typeof ACCOUNT_ACTIONS)[number];
export type Purpose = MethodPurpose | AccountAction;

interface LinkParts {
  readonly action: (typeof LINK_ACTIONS)[number];
  readonly provider: Provider;
}
type MethodParts = LinkParts | { readonly action: 'clear'; readonly provider: WayIn };
type PurposeParts = MethodParts | { readonly action: AccountAction; readonly provider?: undefined };

const PARTS = {
  ...(Object.fromEntries(
    LINK_ACTIONS.flatMap((action) =>
      PROVIDERS.map((provider): [LinkPurpose, LinkParts] => [`${action}_${provider}`, { action, provider }]),
    ),
  ) as Record<LinkPurpose, LinkParts>),
  ...(Object.fromEntries(
    WAYS_IN.map((provider) => [`clear_${provider}`, { action: 'clear', provider }]),
  ) as Record<`clear_${WayIn}`, MethodParts>),
  ...(Object.fromEntries(ACCOUNT_ACTIONS.map((action) => [action, { action }])) as Record<
    AccountAction,
    PurposeParts
  >),
} as const satisfies Record<Purpose, PurposeParts>;

export const PURPOSES = Object.keys(PARTS) as [Purpose, ...Purpose[]];

/** What a code by SMS can be for: an identity check, or to restore what an attacker has changed. */
export type CodePurpose = Purpose | 'restore';

export function parsePurpose(purpose: LinkPurpose): LinkParts;
export function parsePurpose(purpose: MethodPurpose): MethodParts;
export function parsePurpose(purpose: Purpose): PurposeParts;
export function parsePurpose(purpose: Purpose): PurposeParts {
  return PARTS[purpose];
}

export function isProvider(value: string | undefined): value is Provider {
  return PROVIDERS.some((provider) => provider === value);
}

export function isWayIn(value: string | undefined): value is WayIn {
  return WAYS_IN.some((way) => way === value);
}

export function isOAuthProvider(value: string | undefined): value is OAuthProviderName {
  return OAUTH_PROVIDERS.some((provider) => provider === value);
}

/** How far a method is trusted: on probation it is too new to change anything with, and suspended it opens nothing. */
export const METHOD_STATES = ['active', 'probation', 'suspended'] as const;
export type MethodState = (typeof METHOD_STATES)[number];

/** Why an identity belongs to an account: it was registered with it, linked to it, or is a sub-account's. */
export const RELATIONS = ['registered', 'linked', 'sub_account'] as const;
export type Relation = (typeof RELATIONS)[number];

/**
 * The key of one identity at one provider: an address in its one form, a unionid, or `appid:openid`.
 * An OAuth identity has up to two of them; the account that owns the identity owns them all.
 */
export type Subject = string & { readonly __subject: unique symbol };

/** The one subject of an identity at `email`: the address itself. */
export function emailSubject(address: EmailAddress): Subject {
  return address as string as Subject;
}

/** @param subject one at `email` */
export function subjectAddress(subject: Subject): EmailAddress {
  return subject as string as EmailAddress;
}

/** An identity, or the method that it is of an account. */
interface Person {
  readonly provider: WayIn;
  readonly subjects: readonly Subject[];
}

/** Whether two identities are of one person at one provider, however they came to be known. */
export function isSamePerson(one: Person, other: Person): boolean {
  return one.provider === other.provider && one.subjects.some((subject) => other.subjects.includes(subject));
}

/** What a provider vouches for: who this is (every subject of the person) and how to show it. */
export interface Identity {
  readonly provider: Provider;
  /** At least one; by OAuth `appid:openid` and the unionid, if there is one. */
  readonly subjects: readonly Subject[];
  /** Shown to the owner alone: the nickname, or the address (masked on the way out). */
  readonly display: string;
}

/** The subjects of a person at an OAuth provider. The unionid comes last, so the alias is never without its openid. */
export function oauthSubjects(identity: { appId: string; openid: string; unionid?: string }): Subject[] {
  const subjects = [`${identity.appId}:${identity.openid}` as Subject];
  if (identity.unionid !== undefined) subjects.push(identity.unionid as Subject);
  return subjects;
}
