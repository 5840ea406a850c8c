/** Made of `lib/contract/` by `npm run openapi`. */
import type { CallOptions } from './call.ts';

/** Whose identities are linked and signed in with. */
export type Provider = 'email' | 'wechat' | 'qq';

/** What opens sessions: a provider, or (`assertion`) the company’s own login. */
export type WayIn = 'email' | 'wechat' | 'qq' | 'assertion';

/** A provider with a page of its own. */
export type OAuthProvider = 'wechat' | 'qq';

/** What an identity check is for: an action at a provider, or to keep one method `only`. A check opens that action only, once. */
export type Purpose = 'link_email' | 'link_wechat' | 'link_qq' | 'unlink_email' | 'unlink_wechat' | 'unlink_qq' | 'replace_email' | 'replace_wechat' | 'replace_qq' | 'clear_email' | 'clear_wechat' | 'clear_qq' | 'clear_assertion' | 'only' | 'preferences' | 'export';

/** What is left out stays as it is; one of both is needed. */
export interface PreferencesForm {
  /** What notices are written in. */
  readonly language?: 'zh-CN' | 'en' | undefined;
  /** By what to hear of sign-ins: `mail`, `sms`, or `all`. */
  readonly notify?: 'all' | 'mail' | 'sms' | undefined;
}

export interface SessionAssertionForm {
  /** Whom it is for: one of ASSERTION_AUDIENCES. */
  readonly audience: string;
}

export interface IdentityCheckForm {
  /** What to check identity for. */
  readonly purpose: Purpose;
}

export interface VerifyIdentityCheckForm {
  /** That of the check that was begun. */
  readonly purpose: Purpose;
  /** The six digits that were sent. White space and full-width digits are accepted. */
  readonly code: string;
}

export interface LinkEmailCodeForm {
  /** Trimmed, and put in lower case, with its domain as IDNA ASCII. */
  readonly email: string;
}

export interface LinkEmailForm {
  /** The address that the code was mailed to. */
  readonly email: string;
  /** The six digits that were sent. White space and full-width digits are accepted. */
  readonly code: string;
}

export interface BeginLinkForm {
  /** A page of a configured console, for the flow to end at. */
  readonly returnTo?: string | undefined;
}

export interface FinishLinkForm {
  /** That of the answer that began it. */
  readonly flowId: string;
  /** What the fragment of the page had where the window ended. Good once, and for 60 seconds. */
  readonly code: string;
}

export interface SignInCodeForm {
  /** Trimmed, and put in lower case, with its domain as IDNA ASCII. */
  readonly email: string;
  /** The answer to the check that a `human_check_required` asked for. */
  readonly humanCheck?: HumanAnswer | undefined;
}

/** What Turnstile (`token`) or Tencent’s captcha (`ticket`, `randstr`) gave the page. Good once. */
export type HumanAnswer = {
  readonly token: string;
} | {
  readonly ticket: string;
  readonly randstr: string;
};

export interface SignInForm {
  /** That of the code that was asked for. */
  readonly challengeId: string;
  /** The six digits that were sent. White space and full-width digits are accepted. */
  readonly code: string;
}

export interface AssertionForm {
  /** A JWT of the company’s backend, signed with RS256, ES256 or EdDSA: `sub` is the account id, `exp` at most 300 s after `iat`, `jti` good once. */
  readonly assertion: string;
}

export interface OpenUndoForm {
  /** The number that the message went to, as people write it; without a country it is one of mainland China. */
  readonly phone: string;
  /** The six digits of the message. Good for 72 hours, as often as a link is. */
  readonly code: string;
}

export interface UndoForm {
  /** What the link in the message has after `#`. */
  readonly token: string;
}

export interface RestoreForm {
  /** What the link in the message has after `#`. */
  readonly token: string;
  /** The six digits that were sent. White space and full-width digits are accepted. */
  readonly code: string;
  /** The method to keep alone: it is cleared, every other is suspended, and every session ends. */
  readonly only?: WayIn | undefined;
}

/** A phone number that only its owner recognises. */
export type MaskedPhone = string;

/** An address that only its owner recognises. */
export type MaskedEmail = string;

/** An IP address without its last part; `*` where it is not known. */
export type MaskedIp = string;

/** One way into the account. */
export interface Method {
  /** There is a row for every provider. */
  readonly provider: Provider;
  /** The account was registered with it, it was linked later, or there is none. */
  readonly relation: 'registered' | 'linked' | 'none';
  /** A masked address, or the nickname. Null where there is none. */
  readonly display: string | null;
  /** When it was registered or linked. Null where there is none, and where nobody knows when it was registered. */
  readonly since: string | null;
  /** What can be done about it now. */
  readonly actions: readonly ('link' | 'unlink' | 'replace')[];
  /** `active`; `probation`: too new to change anything with; `suspended`: nobody signs in with it until it is cleared. Null where there is none. */
  readonly state: 'active' | 'probation' | 'suspended' | null;
  /** When the probation ends. Null in any other state. */
  readonly stateUntil: string | null;
  /** Of an email that mail has come back from: nothing is mailed there until a code that is sent to it for `replace_email` is typed. Left out where mail goes there. */
  readonly mailStopped?: {
    readonly reason: 'bounced' | 'complained' | 'suppressed';
    readonly at: string;
  } | undefined;
}

/** An identity check that this session has under way, so that a page can go on after a reload. */
export interface IdentityCheck {
  /** What it is for. */
  readonly purpose: Purpose;
  /** `phone`: a code by SMS is waiting. `verified`: the action is open. `email`: it is open, and a code by mail is waiting. */
  readonly step: 'phone' | 'verified' | 'email';
  /** Where the code that is waiting went. */
  readonly sentTo: MaskedPhone | MaskedEmail | null;
  /** Until when the code that is waiting is good. */
  readonly expiresAt: string | null;
  /** From when another code can be sent. */
  readonly resendAt: string | null;
  /** Until when the action is open. */
  readonly verifiedUntil: string | null;
  /** How many guesses are left. */
  readonly attemptsLeft: number | null;
}

/** A visit to an OAuth provider. */
export interface Flow {
  /** That of the answer that began it. */
  readonly flowId: string;
  /** Where the browser went. */
  readonly provider: OAuthProvider;
  /** What for. */
  readonly intent: 'link' | 'replace' | 'sign_in';
  /** What it came to. Null while it is open. */
  readonly result: 'linked' | 'replaced' | 'signed_in' | 'denied' | 'identity_unknown' | 'snapshot_user' | 'not_signed_in' | 'sub_account' | 'not_linkable' | 'registered_method' | 'already_linked' | 'not_linked' | 'account_frozen' | 'on_probation' | 'method_suspended' | 'account_suspended' | 'phone_missing' | 'identity_check_required' | 'identity_registered' | 'identity_linked' | 'identity_sub_account' | 'provider_failed' | 'unavailable' | (string & {}) | null;
  /** When it began, or ended. */
  readonly at: string;
}

export interface Session {
  /** The method it was opened with; it ends when that is unlinked. `assertion`: the company’s own login. */
  readonly openedBy: WayIn;
  /** When it ends if it is not used. */
  readonly expiresAt: string;
}

export interface Account {
  /** Its id. */
  readonly accountId: string;
  /** Its name. */
  readonly name: string;
  /** The registered phone, where codes go. Null where there is none. */
  readonly phone: MaskedPhone | null;
  /** A row for every provider. */
  readonly methods: readonly Method[];
  /** The identity checks that this session has under way. */
  readonly checks: readonly IdentityCheck[];
  /** This session’s last visit to an OAuth provider. Null if there was none. */
  readonly lastFlow: Flow | null;
  /** This session. */
  readonly session: Session;
  /** What the owner has chosen of their notices. */
  readonly preferences: Preferences;
  /** Of the company’s own login, whether it is suspended: it counts as one more way in. Left out where there is none. */
  readonly ownLogin?: {
    readonly state: 'active' | 'suspended';
  } | undefined;
  /** Until when nothing can be linked. Null where nothing is frozen. */
  readonly frozenUntil: string | null;
  /** What happened in the last 72 hours and was not this session’s doing, changes before sign-ins. */
  readonly notices: readonly NoticeRow[];
}

/** Something that happened, for its owner to say whether it was them. */
export interface NoticeRow {
  /** What to dismiss or disown it by. */
  readonly id: string;
  /** What happened. `signed_out`: a session ended others, or all. `locked`: one spent the guesses of an identity check. */
  readonly type: 'linked' | 'unlinked' | 'replaced' | 'signed_in' | 'frozen' | 'unfrozen' | 'suspended' | 'cleared' | 'signed_out' | 'locked' | 'preferences_changed' | 'phone_changed' | 'mail_stopped';
  /** Of `suspended`: a sign-in that was refused, since the method is. */
  readonly isAttempt: boolean;
  /** The support desk did it. Left out where it did not. */
  readonly byOperator?: true | undefined;
  /** With which kind of method. */
  readonly provider: WayIn;
  /** A masked address, or the nickname. */
  readonly display: string;
  /** When. */
  readonly at: string;
  /** From where. */
  readonly ip: MaskedIp;
  /** What the browser called itself. */
  readonly device: string;
}

export interface Preferences {
  /** What notices are written in. Null where nobody has said. */
  readonly language: 'zh-CN' | 'en' | null;
  /** By what the owner hears of sign-ins: `mail`, `sms`, or `all`. Of changes they hear by everything, whatever this is. */
  readonly notify: 'all' | 'mail' | 'sms';
}

export interface SessionAssertion {
  /** A JWT, signed by ES256: `iss` is the API, `sub` the account, `aud` the audience, `sid` the session, `amr` the method that opened it, and `auth_time` when. */
  readonly assertion: string;
  /** A minute later. */
  readonly expiresAt: string;
}

export interface OpenIdConfiguration {
  /** The `iss` of assertions: where the API is. */
  readonly issuer: string;
  /** Where the keys are. */
  readonly jwks_uri: string;
  /** For form’s sake: there is no authorization endpoint. */
  readonly response_types_supported: readonly string[];
  /** An account has the same `sub` for everybody. */
  readonly subject_types_supported: readonly string[];
  /** ES256, and no other. */
  readonly id_token_signing_alg_values_supported: readonly 'ES256'[];
  /** What an assertion says. */
  readonly claims_supported: readonly string[];
}

/** A JWK Set (RFC 7517). */
export interface PublicKeys {
  /** The key that signs; after a change, the one before it too. */
  readonly keys: readonly {
    readonly kty: 'EC';
    readonly crv: 'P-256';
    readonly x: string;
    readonly y: string;
    readonly kid: string;
    readonly alg: 'ES256';
    readonly use: 'sig';
  }[];
}

export interface SessionRow {
  /** What to end it by. It opens nothing. */
  readonly id: string;
  /** The method it was opened with. */
  readonly openedBy: WayIn;
  /** What the browser called itself. */
  readonly device: string;
  /** From where it was opened, masked. */
  readonly ip: MaskedIp;
  /** When it was opened. */
  readonly since: string;
  /** When it was last used, to within a twelfth of the time that a session may be idle. */
  readonly lastSeenAt: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

export interface Sessions {
  /** Newest first. */
  readonly sessions: readonly SessionRow[];
}

/** All that is kept of an account, unmasked. What codes, tokens and limits are stored as is none of it: it says nothing of its owner. */
export interface AccountExport {
  /** When. */
  readonly exportedAt: string;
  /** What the company has registered. */
  readonly account: {
    readonly accountId: string;
    readonly name: string;
    readonly phone: string | null;
    readonly language: 'zh-CN' | 'en' | null;
    readonly revision: number | null;
    readonly frozenUntil: string | null;
    readonly browsersForgottenAt: string | null;
    readonly keptOnlyAt: string | null;
  };
  /** What the owner has chosen. */
  readonly preferences: Preferences;
  /** What signs in to it, with the address or what the provider calls the person by. */
  readonly methods: readonly ({
    readonly provider: WayIn;
    readonly relation: 'registered' | 'linked';
    readonly subjects: readonly string[];
    readonly display: string;
    readonly since: string | null;
    readonly state: 'active' | 'probation' | 'suspended';
    readonly isImported: boolean;
    readonly mailStopped?: {
      readonly reason: 'bounced' | 'complained' | 'suppressed';
      readonly at: string;
    } | undefined;
    readonly mailProvedAt?: string | undefined;
  })[];
  /** What was unlinked, and can be linked to no other account until then. */
  readonly reserved: readonly {
    readonly provider: Provider;
    readonly subject: string;
    readonly until: string;
  }[];
  /** Those that are open. */
  readonly sessions: readonly ({
    readonly id: string;
    readonly openedBy: WayIn;
    readonly device: string;
    readonly ip: MaskedIp;
    readonly since: string;
    readonly lastSeenAt: string;
    readonly expiresAt: string;
    readonly lastFlow: Flow | null;
  })[];
  /** The identity checks and codes of the last 72 hours: for what, in which sessions, where a code went and when, and when it was guessed wrong. */
  readonly checks: readonly ({
    readonly purpose: string;
    readonly openedBy: WayIn | null;
    readonly sentTo: string | null;
    readonly sentAt: string | null;
    readonly expiresAt: string | null;
    readonly verifiedUntil: string | null;
    readonly addresses: readonly string[];
    readonly wrongGuessesAt: readonly string[];
  })[];
  /** What the owner was notified of in the last 72 hours, where, and the method before and after it; changes before sign-ins. */
  readonly notices: readonly ({
    readonly type: 'linked' | 'unlinked' | 'replaced' | 'signed_in' | 'frozen' | 'unfrozen' | 'suspended' | 'cleared' | 'signed_out' | 'locked' | 'preferences_changed' | 'phone_changed' | 'mail_stopped';
    readonly isAttempt: boolean;
    readonly byOperator?: true | undefined;
    readonly provider: WayIn;
    readonly display: string;
    readonly at: string;
    readonly ip: MaskedIp;
    readonly device: string;
    readonly expiresAt: string;
    readonly sentTo: readonly string[];
    readonly confirmedAt: string | null;
    readonly restoredAt: string | null;
    readonly before: {
      readonly provider: WayIn;
      readonly relation: 'registered' | 'linked';
      readonly subjects: readonly string[];
      readonly display: string;
      readonly since: string | null;
      readonly state: 'active' | 'probation' | 'suspended';
      readonly isImported: boolean;
      readonly mailStopped?: {
        readonly reason: 'bounced' | 'complained' | 'suppressed';
        readonly at: string;
      } | undefined;
      readonly mailProvedAt?: string | undefined;
    } | null;
    readonly after: {
      readonly provider: WayIn;
      readonly relation: 'registered' | 'linked';
      readonly subjects: readonly string[];
      readonly display: string;
      readonly since: string | null;
      readonly state: 'active' | 'probation' | 'suspended';
      readonly isImported: boolean;
      readonly mailStopped?: {
        readonly reason: 'bounced' | 'complained' | 'suppressed';
        readonly at: string;
      } | undefined;
      readonly mailProvedAt?: string | undefined;
    } | null;
  })[];
  /** What happened in the last 180 days, newest first. */
  readonly history: readonly ({
    readonly type: 'linked' | 'unlinked' | 'replaced' | 'refused' | 'signed_in' | 'frozen' | 'suspended' | 'cleared' | 'preferences_changed' | 'phone_changed' | 'mail_stopped' | 'operator';
    readonly provider: WayIn;
    readonly display: string;
    readonly at: string;
    readonly ip: MaskedIp;
    readonly device: string;
    readonly reason: string | null;
    readonly action?: 'looked_up' | 'read_history' | 'ended_sessions' | 'unlinked' | 'released' | 'unfroze' | 'cleared' | undefined;
  })[];
  /** Whether sessions, notices and history are all of them. Of more than an answer has room for (5,000 events, 500 notices of changes and 500 of sign-ins, a few megabytes), the newest are there. */
  readonly isWhole: boolean;
}

export interface OnlyKept {
  /** A row for every provider, as it is now. */
  readonly methods: readonly Method[];
}

export interface IdentityCheckSent {
  /** That of the request. */
  readonly purpose: Purpose;
  /** Where the code went. */
  readonly sentTo: MaskedPhone;
  /** Until when the code is good. */
  readonly expiresAt: string;
  /** From when another can be sent. */
  readonly resendAt: string;
}

export interface LinkEmailCodeSent {
  /** Where the code went. */
  readonly sentTo: MaskedEmail;
  /** Until when the code is good. */
  readonly expiresAt: string;
  /** From when another can be sent. */
  readonly resendAt: string;
}

export interface RestoreCodeSent {
  /** Where the code went. */
  readonly sentTo: MaskedPhone;
  /** Until when the code is good. */
  readonly expiresAt: string;
  /** From when another can be sent. */
  readonly resendAt: string;
}

/** The same for an address that nobody has. */
export interface SignInCodeSent {
  /** What to sign in with, beside the code. */
  readonly challengeId: string;
  /** Where the code went. */
  readonly sentTo: MaskedEmail;
  /** Until when the code is good. */
  readonly expiresAt: string;
  /** From when another can be sent. */
  readonly resendAt: string;
}

export interface IdentityCheckVerified {
  /** That of the request. */
  readonly purpose: Purpose;
  /** Until when the action is open, once, for this session. */
  readonly verifiedUntil: string;
}

export interface Linked {
  /** The method as it is now. */
  readonly method: Method;
}

export interface FlowBegun {
  /** That of `lastFlow`. */
  readonly flowId: string;
  /** Where the customer scans. Open it in a window; to a bearer it is good once, and for 60 seconds. */
  readonly authorizeUrl: string;
  /** Until when the scan can be finished. */
  readonly expiresAt: string;
}

export interface UndoOpened {
  /** What the link of that message would have had after `#`. */
  readonly token: string;
}

export interface SignedIn {
  /** Whose account it is. */
  readonly accountId: string;
}

export interface SessionOpened {
  /** Whose account it is. */
  readonly accountId: string;
  /** Stands for the session’s cookie, as a bearer token. */
  readonly token: string;
  /** When the session ends if it is not used. */
  readonly expiresAt: string;
}

export interface HistoryEvent {
  /** What happened. `frozen`: nothing can be linked for a day, because of this method. `suspended`, `cleared`: nobody signs in with it, or they do again. */
  readonly type: 'linked' | 'unlinked' | 'replaced' | 'refused' | 'signed_in' | 'frozen' | 'suspended' | 'cleared' | 'preferences_changed' | 'phone_changed' | 'mail_stopped' | 'operator';
  /** With which kind of method. */
  readonly provider: WayIn;
  /** A masked address, or the nickname. */
  readonly display: string;
  /** When. */
  readonly at: string;
  /** From where. */
  readonly ip: MaskedIp;
  /** What the browser called itself. */
  readonly device: string;
  /** The code of the refusal, for `refused`; otherwise null. */
  readonly reason: string | null;
  /** What the support desk did, for `operator`; otherwise left out. */
  readonly action?: 'looked_up' | 'read_history' | 'ended_sessions' | 'unlinked' | 'released' | 'unfroze' | 'cleared' | undefined;
  /** True for the sign-in that opened this session; otherwise left out. */
  readonly isCurrent?: true | undefined;
}

export interface HistoryPage {
  /** Newest first. */
  readonly events: readonly HistoryEvent[];
  /** The cursor of what is older. Null where that is all. */
  readonly next: string | null;
}

/** Something that the owner was told of, and what has been done about it. */
export interface Notice {
  /** What happened. `signed_out`: a session ended others, or all. `locked`: one spent the guesses of an identity check. */
  readonly type: 'linked' | 'unlinked' | 'replaced' | 'signed_in' | 'frozen' | 'unfrozen' | 'suspended' | 'cleared' | 'signed_out' | 'locked' | 'preferences_changed' | 'phone_changed' | 'mail_stopped';
  /** Of `suspended`: a sign-in that was refused, since the method is. */
  readonly isAttempt: boolean;
  /** The support desk did it. Left out where it did not. */
  readonly byOperator?: true | undefined;
  /** With which kind of method. */
  readonly provider: WayIn;
  /** A masked address, or the nickname. */
  readonly display: string;
  /** When. */
  readonly at: string;
  /** From where. */
  readonly ip: MaskedIp;
  /** What the browser called itself. */
  readonly device: string;
  /** Until when the link is good. */
  readonly expiresAt: string;
  /** When somebody said that it wasn’t them; keeping one method alone says it of everything before. Null where nobody has. */
  readonly confirmedAt: string | null;
  /** When something was last restored by it. Null where nothing was. */
  readonly restoredAt: string | null;
  /** What putting back would do: unlink what was linked, link what was unlinked or replaced, or clear a method. Null where there is nothing to put back. */
  readonly restore: 'link' | 'unlink' | 'clear' | null;
  /** The methods that may be kept alone, as `only` of a restore. */
  readonly only: readonly WayIn[];
  /** Until when nothing can be linked. Null where nothing is frozen. */
  readonly frozenUntil: string | null;
  /** What the message that led here was written in. Null where it had both languages. */
  readonly language: 'zh-CN' | 'en' | null;
}

/** Why a call, or a flow, may be refused. */
export type ProblemCode =
  | 'origin_not_allowed'
  | 'not_signed_in'
  | 'assertion_invalid'
  | 'invalid_request'
  | 'not_found'
  | 'sub_account'
  | 'not_linkable'
  | 'registered_method'
  | 'already_linked'
  | 'not_linked'
  | 'account_frozen'
  | 'account_suspended'
  | 'account_unknown'
  | 'on_probation'
  | 'method_suspended'
  | 'not_suspended'
  | 'phone_missing'
  | 'country_not_served'
  | 'recipient_opted_out'
  | 'identity_unknown'
  | 'operator_only'
  | 'identity_check_required'
  | 'human_check_required'
  | 'undo_expired'
  | 'code_expired'
  | 'code_wrong'
  | 'too_many_attempts'
  | 'too_soon'
  | 'quota_exceeded'
  | 'identity_registered'
  | 'identity_linked'
  | 'identity_sub_account'
  | 'delivery_failed'
  | 'provider_failed'
  | 'unavailable';

/** The contract: one call a route. Each rejects with a `Failure`. */
export interface Calls {
  /**
   * The account, its sign-in methods, and what this session has under way.
   *
   * Refusals: `not_signed_in`, `unavailable`
   */
  readonly showAccount: (options?: CallOptions) => Promise<Account>;

  /**
   * What happened to the account, newest first.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `unavailable`
   */
  readonly showHistory: (form?: {
    readonly cursor?: string | undefined;
  }, options?: CallOptions) => Promise<HistoryPage>;

  /**
   * Choose the language of notices, and by what to hear of sign-ins; what is left out stays as it is.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `phone_missing`, `unavailable`
   */
  readonly setPreferences: (form: PreferencesForm, options?: CallOptions) => Promise<Preferences>;

  /**
   * All that is kept of the account, unmasked.
   *
   * Refusals: `not_signed_in`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `phone_missing`, `unavailable`
   */
  readonly exportAccount: (options?: CallOptions) => Promise<AccountExport>;

  /**
   * The sessions of the account that are open.
   *
   * Refusals: `not_signed_in`, `unavailable`
   */
  readonly listSessions: (options?: CallOptions) => Promise<Sessions>;

  /**
   * Sign out everywhere.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `quota_exceeded`, `unavailable`
   */
  readonly endAllSessions: (options?: CallOptions) => Promise<void>;

  /**
   * Sign in with an assertion of the company’s own login.
   *
   * Refusals: `invalid_request`, `assertion_invalid`, `origin_not_allowed`, `sub_account`, `account_suspended`, `method_suspended`, `not_found`, `account_unknown`, `unavailable`
   */
  readonly signInByAssertion: (form: AssertionForm, options?: CallOptions) => Promise<SessionOpened>;

  /**
   * Sign out one device.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `not_found`, `quota_exceeded`, `unavailable`
   */
  readonly endOneSession: (form: {
    readonly id: string;
  }, options?: CallOptions) => Promise<void>;

  /**
   * A signed assertion of this session, for an audience of ASSERTION_AUDIENCES.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `unavailable`
   */
  readonly createAssertion: (form: SessionAssertionForm, options?: CallOptions) => Promise<SessionAssertion>;

  /**
   * Where verifiers of assertions find the keys.
   *
   * Refusals: `not_found`, `unavailable`
   */
  readonly showConfiguration: (options?: CallOptions) => Promise<OpenIdConfiguration>;

  /**
   * The public keys that assertions are verified with.
   *
   * Refusals: `not_found`, `unavailable`
   */
  readonly showKeys: (options?: CallOptions) => Promise<PublicKeys>;

  /**
   * Sign out.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `unavailable`
   */
  readonly endSession: (options?: CallOptions) => Promise<void>;

  /**
   * Begin an identity check: send a code to the registered phone.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `not_linked`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `not_suspended`, `country_not_served`, `recipient_opted_out`, `too_soon`, `too_many_attempts`, `quota_exceeded`, `delivery_failed`, `unavailable`
   */
  readonly sendIdentityCheck: (form: IdentityCheckForm, options?: CallOptions) => Promise<IdentityCheckSent>;

  /**
   * Pass an identity check with the code that was sent.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `not_linked`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `not_suspended`, `code_expired`, `code_wrong`, `too_many_attempts`, `unavailable`
   */
  readonly verifyIdentityCheck: (form: VerifyIdentityCheckForm, options?: CallOptions) => Promise<IdentityCheckVerified>;

  /**
   * Mail a code to the address to be linked, or to take the place of the one that is.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `too_soon`, `too_many_attempts`, `quota_exceeded`, `delivery_failed`, `unavailable`
   */
  readonly sendLinkEmailCode: (form: LinkEmailCodeForm, options?: CallOptions) => Promise<LinkEmailCodeSent>;

  /**
   * Link the address with the code that was mailed to it, in place of the one that is linked, if one is.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `identity_registered`, `identity_linked`, `identity_sub_account`, `code_expired`, `code_wrong`, `too_many_attempts`, `unavailable`
   */
  readonly linkEmail: (form: LinkEmailForm, options?: CallOptions) => Promise<Linked>;

  /**
   * Begin to link at an OAuth provider, or to replace what is linked there: get the URL to scan at.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `not_found`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `unavailable`
   */
  readonly beginLink: (form: {
    readonly provider: 'wechat' | 'qq';
  } & BeginLinkForm, options?: CallOptions) => Promise<FlowBegun>;

  /**
   * Unlink a method, and end the sessions that it opened.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `identity_check_required`, `not_found`, `not_linked`, `phone_missing`, `registered_method`, `unavailable`
   */
  readonly unlink: (form: {
    readonly provider: 'email' | 'wechat' | 'qq';
  }, options?: CallOptions) => Promise<void>;

  /**
   * Make the link that a window of this session has led to.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `account_frozen`, `identity_check_required`, `not_found`, `phone_missing`, `registered_method`, `not_linkable`, `already_linked`, `identity_registered`, `identity_linked`, `identity_sub_account`, `code_expired`, `unavailable`
   */
  readonly finishLink: (form: {
    readonly provider: 'wechat' | 'qq';
  } & FinishLinkForm, options?: CallOptions) => Promise<Linked>;

  /**
   * Lift the suspension of a method.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `identity_check_required`, `not_found`, `not_linked`, `phone_missing`, `not_suspended`, `unavailable`
   */
  readonly clearMethod: (form: {
    readonly provider: 'email' | 'wechat' | 'qq' | 'assertion';
  }, options?: CallOptions) => Promise<void>;

  /**
   * Suspend every method but the one that this session was opened by, and end every other session.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `sub_account`, `identity_check_required`, `phone_missing`, `unavailable`
   */
  readonly keepOnly: (options?: CallOptions) => Promise<OnlyKept>;

  /**
   * Show a notice no more in this session.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `not_found`, `unavailable`
   */
  readonly dismissNotice: (form: {
    readonly id: string;
  }, options?: CallOptions) => Promise<void>;

  /**
   * Say of a notice that it wasn't you, as its link does.
   *
   * Refusals: `invalid_request`, `not_signed_in`, `origin_not_allowed`, `on_probation`, `not_found`, `undo_expired`, `quota_exceeded`, `unavailable`
   */
  readonly disownNotice: (form: {
    readonly id: string;
  }, options?: CallOptions) => Promise<Notice>;

  /**
   * Mail a code to sign in with; the answer is the same for an address that nobody has.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `human_check_required`, `not_found`, `too_soon`, `too_many_attempts`, `quota_exceeded`, `unavailable`
   */
  readonly sendSignInCode: (form: SignInCodeForm, options?: CallOptions) => Promise<SignInCodeSent>;

  /**
   * Sign in with the code that was mailed.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `method_suspended`, `account_suspended`, `not_found`, `code_expired`, `code_wrong`, `too_many_attempts`, `unavailable`
   */
  readonly signInByEmail: (form: SignInForm, options?: CallOptions) => Promise<SignedIn>;

  /**
   * The token of a "this wasn't me" link, for the code that a message without links had; the same for a phone that nobody has.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `code_wrong`, `too_many_attempts`, `quota_exceeded`, `unavailable`
   */
  readonly openUndo: (form: OpenUndoForm, options?: CallOptions) => Promise<UndoOpened>;

  /**
   * What a "this wasn't me" link is about; changes nothing.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `account_suspended`, `undo_expired`, `unavailable`
   */
  readonly showUndo: (form: UndoForm, options?: CallOptions) => Promise<Notice>;

  /**
   * Say that it wasn't you: end every session, suspend the method, and let nothing be linked for a day.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `account_suspended`, `undo_expired`, `unavailable`
   */
  readonly confirmUndo: (form: UndoForm, options?: CallOptions) => Promise<Notice>;

  /**
   * Send a code to the registered phone, to restore with.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `account_suspended`, `phone_missing`, `country_not_served`, `recipient_opted_out`, `undo_expired`, `too_soon`, `too_many_attempts`, `quota_exceeded`, `delivery_failed`, `unavailable`
   */
  readonly sendUndoCode: (form: UndoForm, options?: CallOptions) => Promise<RestoreCodeSent>;

  /**
   * Put back what was before the change, and keep one method alone where `only` names it.
   *
   * Refusals: `invalid_request`, `origin_not_allowed`, `account_suspended`, `not_linked`, `identity_registered`, `identity_linked`, `identity_sub_account`, `undo_expired`, `code_expired`, `code_wrong`, `too_many_attempts`, `unavailable`
   */
  readonly restoreMethod: (form: RestoreForm, options?: CallOptions) => Promise<Notice>;
}

/** What each call asks for. */
export const ENDPOINTS = {
  showAccount: { method: 'GET', path: '/account', hasForm: false },
  showHistory: { method: 'GET', path: '/account/history', hasForm: true },
  setPreferences: { method: 'PUT', path: '/account/preferences', hasForm: true },
  exportAccount: { method: 'GET', path: '/account/export', hasForm: false },
  listSessions: { method: 'GET', path: '/sessions', hasForm: false },
  endAllSessions: { method: 'DELETE', path: '/sessions', hasForm: false },
  signInByAssertion: { method: 'POST', path: '/sessions', hasForm: true },
  endOneSession: { method: 'DELETE', path: '/sessions/{id}', hasForm: true },
  createAssertion: { method: 'POST', path: '/assertions', hasForm: true },
  showConfiguration: { method: 'GET', path: '/.well-known/openid-configuration', hasForm: false },
  showKeys: { method: 'GET', path: '/.well-known/jwks.json', hasForm: false },
  endSession: { method: 'DELETE', path: '/session', hasForm: false },
  sendIdentityCheck: { method: 'POST', path: '/otp/send', hasForm: true },
  verifyIdentityCheck: { method: 'POST', path: '/otp/verify', hasForm: true },
  sendLinkEmailCode: { method: 'POST', path: '/links/email/send', hasForm: true },
  linkEmail: { method: 'POST', path: '/links/email', hasForm: true },
  beginLink: { method: 'POST', path: '/links/{provider}', hasForm: true },
  unlink: { method: 'DELETE', path: '/links/{provider}', hasForm: true },
  finishLink: { method: 'POST', path: '/links/{provider}/finish', hasForm: true },
  clearMethod: { method: 'POST', path: '/links/{provider}/clear', hasForm: true },
  keepOnly: { method: 'POST', path: '/account/only', hasForm: false },
  dismissNotice: { method: 'DELETE', path: '/account/notices/{id}', hasForm: true },
  disownNotice: { method: 'POST', path: '/account/notices/{id}/disown', hasForm: true },
  sendSignInCode: { method: 'POST', path: '/sign-in/email/send', hasForm: true },
  signInByEmail: { method: 'POST', path: '/sign-in/email', hasForm: true },
  openUndo: { method: 'POST', path: '/undo/open', hasForm: true },
  showUndo: { method: 'POST', path: '/undo/show', hasForm: true },
  confirmUndo: { method: 'POST', path: '/undo', hasForm: true },
  sendUndoCode: { method: 'POST', path: '/undo/code', hasForm: true },
  restoreMethod: { method: 'POST', path: '/undo/restore', hasForm: true },
} as const satisfies Readonly<Record<keyof Calls, unknown>>;
