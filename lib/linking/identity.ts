import * as z from 'zod/mini';

/** Every way in, in the order the account page shows them. */
export const PROVIDERS = ['email', 'wechat', 'qq'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The ways in that are somebody else's login page. */
export const OAUTH_PROVIDERS = ['wechat', 'qq'] as const satisfies readonly Provider[];
export type OAuthProviderName = (typeof OAUTH_PROVIDERS)[number];

/** What an identity check can open. Replacing is part of the contract's vocabulary and not accepted yet. */
export const ACTIONS = ['link', 'unlink'] as const;
export type Action = (typeof ACTIONS)[number];
export type Purpose = `${Action}_${Provider}`;

export const PURPOSES: readonly Purpose[] = ACTIONS.flatMap((action) =>
  PROVIDERS.map((provider): Purpose => `${action}_${provider}`),
);

/** What a code by SMS can be for: an identity check, or to restore what somebody else has changed. */
export type CodePurpose = Purpose | 'restore';

export const purposeSchema = /* @__PURE__ */ z.enum(PURPOSES as [Purpose, ...Purpose[]]);

export function parsePurpose(purpose: Purpose): { action: Action; provider: Provider } {
  const [action, provider] = purpose.split('_') as [Action, Provider];
  return { action, provider };
}

export function isProvider(value: string | undefined): value is Provider {
  return PROVIDERS.some((provider) => provider === value);
}

export function isOAuthProvider(value: string | undefined): value is OAuthProviderName {
  return OAUTH_PROVIDERS.some((provider) => provider === value);
}

/** Why an identity belongs to an account: it was registered with it, linked to it, or is a sub-account's. */
export const RELATIONS = ['registered', 'linked', 'sub_account'] as const;
export type Relation = (typeof RELATIONS)[number];

/**
 * The key of one identity at one provider: an address in its one form, a unionid, or `appid:openid`.
 * An OAuth identity has up to two of them; whoever owns the identity owns them all.
 */
export type Subject = string & { readonly __subject: unique symbol };

/** What a provider vouches for: who this is (every subject of the person) and how to show it. */
export interface Identity {
  readonly provider: Provider;
  /** At least one; for WeChat and QQ `appid:openid` and, where there is one, the unionid. */
  readonly subjects: readonly Subject[];
  /** Shown to the owner alone: the nickname, or the address (masked on the way out). */
  readonly display: string;
}

/** The subjects of a person at WeChat or QQ. The unionid comes last, so the alias is never without its openid. */
export function oauthSubjects(identity: { appId: string; openid: string; unionid?: string }): Subject[] {
  const subjects = [`${identity.appId}:${identity.openid}` as Subject];
  if (identity.unionid !== undefined) subjects.push(identity.unionid as Subject);
  return subjects;
}
