/** The shapes of the HTTP contract, as the page uses them. Times are ISO 8601 UTC. */

export const PROVIDERS = ['email', 'wechat', 'qq'] as const;
export type Provider = (typeof PROVIDERS)[number];
/** A provider that is linked by a scan in a window of its own. */
export type OauthProvider = Exclude<Provider, 'email'>;

export const ACTIONS = ['link', 'unlink', 'replace'] as const;
export type Action = (typeof ACTIONS)[number];
export type Purpose = `${Action}_${Provider}`;

export const RELATIONS = ['registered', 'linked', 'none'] as const;
export type Relation = (typeof RELATIONS)[number];

/** One way into the account; there is a row for every provider. */
export interface Method {
  readonly provider: Provider;
  readonly relation: Relation;
  /** Masked address or nickname; null where there is no such method. */
  readonly display: string | null;
  readonly since: string | null;
  readonly actions: readonly Action[];
}

export const STEPS = ['phone', 'verified', 'email'] as const;

/** An identity check this session has under way. */
export interface Check {
  readonly purpose: Purpose;
  /** `phone`: an SMS code is waiting; `verified`: the action is open; `email`: open, and a mail code is waiting. */
  readonly step: (typeof STEPS)[number];
  readonly sentTo: string | null;
  readonly expiresAt: string | null;
  readonly resendAt: string | null;
  readonly verifiedUntil: string | null;
  readonly attemptsLeft: number | null;
}

/** The session's last visit to WeChat or QQ; `result` is null while it is open. */
export interface Flow {
  readonly flowId: string;
  readonly provider: Provider;
  readonly intent: string;
  readonly result: string | null;
}

export interface Account {
  readonly accountId: string;
  readonly name: string;
  /** Masked, or null where no phone is registered. */
  readonly phone: string | null;
  readonly methods: readonly Method[];
  readonly checks: readonly Check[];
  readonly lastFlow: Flow | null;
  /** Until then no change is possible; null or past where changes are not frozen. */
  readonly frozenUntil: string | null;
  readonly session: { readonly openedBy: Provider; readonly expiresAt: string };
}

/** A code is on its way. */
export interface Sent {
  readonly sentTo: string;
  readonly expiresAt: string;
  readonly resendAt: string;
}

export interface SignInChallenge extends Sent {
  readonly challengeId: string;
}

export interface OauthStart {
  readonly flowId: string;
  readonly authorizeUrl: string;
  readonly expiresAt: string;
}

export const EVENT_TYPES = ['linked', 'unlinked', 'replaced', 'refused', 'signed_in', 'frozen'] as const;

/** Something that happened to the account; masked by the service. */
export interface HistoryEvent {
  /** `frozen`: changes were, for what happened to this provider. */
  readonly type: (typeof EVENT_TYPES)[number];
  readonly provider: Provider;
  readonly display: string | null;
  readonly at: string;
  readonly ip: string | null;
  /** The browser's `User-Agent`, as it called itself. */
  readonly device: string | null;
  /** The code of the refusal, for `refused`. */
  readonly reason: string | null;
}

/** Newest first. */
export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  /** The cursor of what is older; null where that is all. */
  readonly next: string | null;
}

export const UNDO_TYPES = ['linked', 'unlinked', 'replaced', 'signed_in'] as const;
export const UNDO_WAYS = ['link', 'unlink'] as const;

/** What a "this wasn't me" link is about, and what has been done about it. */
export interface UndoStory {
  readonly type: (typeof UNDO_TYPES)[number];
  readonly provider: Provider;
  readonly display: string | null;
  readonly at: string;
  readonly ip: string | null;
  /** The browser's `User-Agent`, as it called itself. */
  readonly device: string | null;
  readonly expiresAt: string;
  readonly confirmedAt: string | null;
  readonly restoredAt: string | null;
  /** What restoring would do; null where there is nothing to restore. */
  readonly restore: (typeof UNDO_WAYS)[number] | null;
  readonly frozenUntil: string | null;
}

export const HUMAN_CHECK_KINDS = ['turnstile', 'tencent'] as const;

/** Who has to be convinced that a person is here. */
export interface HumanCheck {
  readonly kind: (typeof HUMAN_CHECK_KINDS)[number];
  readonly siteKey: string;
}

/** What Turnstile, or Tencent's captcha, gave for a person's answer; the service asks them whether it is true. */
export type HumanAnswer = { readonly token: string } | { readonly ticket: string; readonly randstr: string };
