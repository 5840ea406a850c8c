import type { EmailAddress } from './email.ts';

/** The ways in that are another company's login page; each has a line in `lib/providers/registry.ts`. */
export const OAUTH_PROVIDERS = ['wechat', 'qq'] as const;
export type OAuthProviderName = (typeof OAUTH_PROVIDERS)[number];

/** Which of our apps at a provider: the website's or, for the provider's own browser, one that needs no QR code. */
export const APP_KINDS = ['website', 'in_app'] as const;
export type AppKind = (typeof APP_KINDS)[number];

/** Every way in, in the order the account page shows them. */
export const PROVIDERS = ['email', ...OAUTH_PROVIDERS] as const;
export type Provider = (typeof PROVIDERS)[number];

/**
 * Everything that opens sessions: the providers, whose identities are claimed, and the company's own login, which vouches for an account
 * itself (`assertion`). No identity stands behind that one: it is neither linked nor unlinked, and has no row on the account page.
 */
export const WAYS_IN = [...PROVIDERS, 'assertion'] as const;
export type WayIn = (typeof WAYS_IN)[number];

/**
 * What an identity check can open at a provider; `clear` lifts the suspension of a method. Replacing is part of the contract's
 * vocabulary and not accepted yet.
 */
export const ACTIONS = ['link', 'unlink', 'clear'] as const;
export type Action = (typeof ACTIONS)[number];
type MethodPurpose = `${Action}_${Provider}` | 'clear_assertion';
/** `only` keeps the method that the session was opened by, and suspends every other. */
export type Purpose = MethodPurpose | 'only';

type MethodParts =
  | { readonly action: Exclude<Action, 'clear'>; readonly provider: Provider }
  | { readonly action: 'clear'; readonly provider: WayIn };
type PurposeParts = MethodParts | { readonly action: 'only'; readonly provider?: undefined };

const PARTS = {
  ...(Object.fromEntries(
    ACTIONS.flatMap((action) =>
      PROVIDERS.map((provider): [MethodPurpose, MethodParts] => [
        `${action}_${provider}`,
        { action, provider },
      ]),
    ),
  ) as Record<`${Action}_${Provider}`, MethodParts>),
  clear_assertion: { action: 'clear', provider: 'assertion' },
  only: { action: 'only' },
} as const satisfies Record<Purpose, PurposeParts>;

export const PURPOSES = Object.keys(PARTS) as [Purpose, ...Purpose[]];

/** What a code by SMS can be for: an identity check, or to restore what an attacker has changed. */
export type CodePurpose = Purpose | 'restore';

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

/** By what somebody is known to a way in. */
interface Known {
  readonly provider: WayIn;
  readonly subjects: readonly Subject[];
}

/** Whether two identities are of one person at one provider, however they came to be known. */
export function isSamePerson(one: Known, other: Known): boolean {
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
