import * as z from 'zod/mini';
import { METHOD_STATES, PROVIDERS, RELATIONS } from '../linking/identity.ts';
import { LANGUAGES, NOTIFY_CHOICES } from '../linking/language.ts';
import { MAIL_STOP_REASONS } from '../linking/mail-stop.ts';
import { HISTORY_TYPES, NOTICE_TYPES, NOTICES_MAX } from '../linking/notice-types.ts';
import { OPERATOR_ACTIONS } from '../linking/operator.ts';
import { oauthProvider, provider, purpose, wayIn } from './fields.ts';

/**
 * The bodies of answers that are no problems. A reader takes what it knows and leaves the rest, since a later release may say more; an
 * answer is the contract's where reading it loses nothing. The page in `console/` is built with these: import no module of `node:` here.
 */

/** At least 128 bits, base64url. */
const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{22,}$/));
/** ISO 8601 UTC, to the millisecond. */
const time = z.iso.datetime({ precision: 3 });
const accountId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));
/** What a person reads, such as a name or a masked address. */
const label = z.string().check(z.minLength(1), z.maxLength(320));

/** `138****8001` for mainland China, `+44****89` elsewhere. */
export const maskedPhone = z
  .string()
  .check(z.regex(/^(\d{3}\*{4}\d{4}|\+\d{2}\*{4}\d{2})$/, 'must be a masked phone number'));
/** `a***e@example.com` */
export const maskedEmail = z
  .string()
  .check(z.regex(/^[!-?A-~]\*{3}[!-?A-~]?@[a-z0-9.-]+$/, 'must be a masked address'));
/** `203.0.*.*`, `2001:db8::*`, `::*`, or `*` if the address is not known. */
export const maskedIp = z
  .string()
  .check(z.regex(/^(\d+\.\d+\.\*\.\*|([0-9a-f]{1,4}:){1,3}:\*|::\*|\*)$/, 'must be a masked IP address'));
/** What a browser calls itself (`User-Agent`), cut to 512 characters. */
const device = z.string().check(z.maxLength(512));

/** What makes an answer is given lists that can't be changed. */
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;
type Answer<Schema extends z.ZodMiniType> = Immutable<z.infer<Schema>>;

/** Mail to the address has come back: nothing is sent there until it is proved anew. */
const mailStopped = z.object({ reason: z.enum(MAIL_STOP_REASONS), at: time });

/** One way into the account; there is a row for every provider. */
export const methodRow = z
  .object({
    provider,
    relation: z.enum(['registered', 'linked', 'none']),
    /** A masked address or a nickname. */
    display: z.nullable(label),
    since: z.nullable(time),
    /** What can be done about it now; what is suspended can be cleared besides. */
    actions: z.array(z.enum(['link', 'unlink', 'replace'])),
    /** Null where nothing is linked. */
    state: z.nullable(z.enum(METHOD_STATES)),
    /** Until when it is on probation; null in any other state. */
    stateUntil: z.nullable(time),
    /** Of an email that gets no more mail; left out where it does. */
    mailStopped: z.optional(mailStopped),
  })
  .check(
    z.refine(
      ({ provider, relation, display }) =>
        relation === 'none'
          ? display === null
          : (provider === 'email' ? maskedEmail : label).safeParse(display).success,
      'display is there where something is linked, masked',
    ),
    z.refine(
      ({ relation, since }) => relation === 'registered' || (since === null) === (relation === 'none'),
      'what is linked has a date, and what is registered where it is known',
    ),
    z.refine(
      ({ relation, actions }) =>
        actions.every((action) => relation === { link: 'none', unlink: 'linked', replace: 'linked' }[action]),
      'what is linked can be unlinked and replaced, and nothing else',
    ),
    z.refine(
      ({ relation, state, stateUntil }) =>
        (state === null) === (relation === 'none') && (stateUntil !== null) === (state === 'probation'),
      'what is linked has a state, and probation an end',
    ),
  );
export type MethodRow = Answer<typeof methodRow>;

/** Which members a check has at each step; `resendAt` may be there at any. */
const MEMBERS_OF_STEP = {
  phone: { sentTo: maskedPhone, expiresAt: true, attemptsLeft: true, verifiedUntil: false },
  verified: { sentTo: z.null(), expiresAt: false, attemptsLeft: false, verifiedUntil: true },
  email: { sentTo: maskedEmail, expiresAt: true, attemptsLeft: true, verifiedUntil: true },
} as const;

/** An identity check that the session has under way. */
export const checkRow = z
  .object({
    purpose,
    /** `phone`: a code by SMS is waiting. `verified`: the action is open. `email`: it is open, and a code by mail is waiting. */
    step: z.enum(['phone', 'verified', 'email']),
    sentTo: z.nullable(z.union([maskedPhone, maskedEmail])),
    expiresAt: z.nullable(time),
    resendAt: z.nullable(time),
    verifiedUntil: z.nullable(time),
    attemptsLeft: z.nullable(z.int().check(z.gte(0))),
  })
  .check(
    z.refine(({ step, ...row }) => {
      const { sentTo, ...members } = MEMBERS_OF_STEP[step];
      return (
        sentTo.safeParse(row.sentTo).success &&
        Object.entries(members).every(
          ([name, isThere]) => (row[name as keyof typeof members] !== null) === isThere,
        )
      );
    }, 'has just the members of its step'),
  );
export type CheckRow = Answer<typeof checkRow>;

export const intent = z.enum(['link', 'replace', 'sign_in']);

/** What an OAuth flow comes to, once its state was the browser's to use. */
export const FLOW_RESULTS = [
  'linked',
  'replaced',
  'signed_in',
  'denied',
  'identity_unknown',
  'snapshot_user',
  'not_signed_in',
  'sub_account',
  'not_linkable',
  'registered_method',
  'already_linked',
  'not_linked',
  'account_frozen',
  'on_probation',
  'method_suspended',
  'account_suspended',
  'phone_missing',
  'identity_check_required',
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
  'provider_failed',
  'unavailable',
] as const;
/** Typed as text, as sessions keep it: an earlier release may have written it. */
export const flowResult: z.ZodMiniType<string> = z.enum(FLOW_RESULTS);

/** The session's last visit to an OAuth provider; `result` is null while it is open. */
export const flow = z.object({
  flowId: id,
  provider: oauthProvider,
  intent,
  result: z.nullable(flowResult),
  at: time,
});

/** What the owner has chosen; null where they have not, and nothing else is known. */
export const preferences = z.object({
  language: z.nullable(z.enum(LANGUAGES)),
  notify: z.enum(NOTIFY_CHOICES),
});
export type PreferencesAnswer = Answer<typeof preferences>;

export const session = z.object({ openedBy: wayIn, expiresAt: time });

/** What happened, as every owner's notice has it. */
const told = {
  type: z.enum(NOTICE_TYPES),
  /** Of `suspended`: nothing was suspended then, but a sign-in was refused because it is. */
  isAttempt: z.boolean(),
  /** The support desk did it; left out where it did not. */
  byOperator: z.optional(z.literal(true)),
  provider: wayIn,
  display: label,
  at: time,
  ip: maskedIp,
  device,
};
/** Something of the last 72 hours that this session did not do. */
export const noticeRow = z.object({ id, ...told });
export type NoticeRow = Answer<typeof noticeRow>;

export const account = z.object({
  accountId,
  name: label,
  /** Null where none is registered. */
  phone: z.nullable(maskedPhone),
  methods: z.array(methodRow).check(
    z.refine((rows) => {
      const shown = rows.map((row) => row.provider);
      return shown.join() === PROVIDERS.filter((provider) => shown.includes(provider)).join();
    }, 'must be a row per provider, each once and in their order'),
  ),
  checks: z.array(checkRow),
  lastFlow: z.nullable(flow),
  session,
  preferences,
  /** Of the company's own login; left out where the deployment has none. */
  ownLogin: z.optional(z.object({ state: z.enum(['active', 'suspended']) })),
  /** Until then nothing can be linked; null where nothing is frozen. */
  frozenUntil: z.nullable(time),
  /** Changes before sign-ins, each newest first. */
  notices: z.array(noticeRow).check(z.maxLength(NOTICES_MAX)),
});
export type AccountAnswer = Answer<typeof account>;

const sent = { expiresAt: time, resendAt: time };
export const identityCheckSent = z.object({ purpose, sentTo: maskedPhone, ...sent });
export const restoreCodeSent = z.object({ sentTo: maskedPhone, ...sent });
export const linkEmailCodeSent = z.object({ sentTo: maskedEmail, ...sent });
/** A code is on its way: until when it is good, and from when another can be sent. */
export type SentAnswer = Answer<typeof linkEmailCodeSent>;
export type IdentityCheckSentAnswer = Answer<typeof identityCheckSent>;

export const signInCodeSent = z.object({ challengeId: id, sentTo: maskedEmail, ...sent });
export type SignInCodeSentAnswer = Answer<typeof signInCodeSent>;

export const verified = z.object({ purpose, verifiedUntil: time });
export type VerifiedAnswer = Answer<typeof verified>;

export const linked = z.object({ method: methodRow });
export type LinkedAnswer = Answer<typeof linked>;

/** All rows, as they are once one method alone is kept. */
export const onlyKept = z.object({ methods: z.array(methodRow) });
export type OnlyAnswer = Answer<typeof onlyKept>;

/** Where the browser is to go to link an OAuth provider. */
export const flowBegun = z.object({
  flowId: id,
  authorizeUrl: z.url({ protocol: /^https?$/ }),
  expiresAt: time,
});
export type FlowBegunAnswer = Answer<typeof flowBegun>;

export const signedIn = z.object({ accountId });
export type SignedInAnswer = Answer<typeof signedIn>;

/** A session of the company's own login; `token` is for pages that no cookie of ours reaches. */
export const sessionOpened = z.object({
  accountId,
  token: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}\.[a-z]+\.[A-Za-z0-9_-]{43}$/)),
  expiresAt: time,
});
export type SessionOpenedAnswer = Answer<typeof sessionOpened>;

/** Something that happened to the account. */
export const historyRow = z.object({
  /** `frozen`: changes were, because of this provider. `phone_changed`: `display` is the phone it has now, or had if it has none. */
  type: z.enum(HISTORY_TYPES),
  /** Of `phone_changed`: what the account is registered by. */
  provider: wayIn,
  display: label,
  at: time,
  ip: maskedIp,
  device,
  /** The code of the refusal, for `refused`. */
  reason: z.nullable(z.string().check(z.regex(/^[a-z_]+$/))),
  /** Of `operator`: what the support desk did. */
  action: z.optional(z.enum(OPERATOR_ACTIONS)),
  /** The sign-in that opened this very session. */
  isCurrent: z.optional(z.literal(true)),
});
export type HistoryRow = Answer<typeof historyRow>;

/** A session that is open. */
export const sessionRow = z.object({
  id,
  openedBy: wayIn,
  device,
  ip: maskedIp,
  since: time,
  /** To within a twelfth of the time that a session may be idle. */
  lastSeenAt: time,
  current: z.boolean(),
});
export type SessionRow = Answer<typeof sessionRow>;
/** No more than these are listed. */
export const SESSIONS_SHOWN = 200;
/** Newest first. */
export const sessions = z.object({ sessions: z.array(sessionRow).check(z.maxLength(SESSIONS_SHOWN)) });
export type SessionsAnswer = Answer<typeof sessions>;

const exportedMethod = z.object({
  provider: wayIn,
  relation: z.enum(['registered', 'linked']),
  /** The address, or what the provider calls the person by. */
  subjects: z.array(z.string()),
  display: z.string(),
  since: z.nullable(time),
  state: z.enum(METHOD_STATES),
  /** It came with the account, not by a link of the owner's. */
  isImported: z.boolean(),
  mailStopped: z.optional(mailStopped),
  /** When a code that was mailed to the address was last typed. */
  mailProvedAt: z.optional(time),
});
/** All that is kept of an account, unmasked. */
export const accountExport = z.object({
  exportedAt: time,
  account: z.object({
    accountId,
    name: z.string(),
    phone: z.nullable(z.string()),
    language: z.nullable(z.enum(LANGUAGES)),
    /** Of the record that the company's account system last sent. */
    revision: z.nullable(z.int()),
    frozenUntil: z.nullable(time),
    /** A browser that signed in no later counts as new. */
    browsersForgottenAt: z.nullable(time),
    /** When one method was kept alone. */
    keptOnlyAt: z.nullable(time),
  }),
  preferences,
  methods: z.array(exportedMethod),
  /** What was unlinked, and can be linked to no other account until then. */
  reserved: z.array(z.object({ provider, subject: z.string(), until: time })),
  sessions: z.array(
    z.extend(z.omit(sessionRow, { current: true }), { expiresAt: time, lastFlow: z.nullable(flow) }),
  ),
  /** The identity checks and codes of the last 72 hours. */
  checks: z.array(
    z.object({
      purpose: z.string(),
      /** Of the sessions of which method; null for what was restored behind a link. */
      openedBy: z.nullable(wayIn),
      /** Masked, as it is kept. */
      sentTo: z.nullable(z.string()),
      sentAt: z.nullable(time),
      expiresAt: z.nullable(time),
      verifiedUntil: z.nullable(time),
      /** Those that codes were mailed to. */
      addresses: z.array(z.string()),
      wrongGuessesAt: z.array(time),
    }),
  ),
  /** What the owner was notified of within the last 72 hours, where, and the method before and after it. */
  notices: z.array(
    z.object({
      ...told,
      expiresAt: time,
      sentTo: z.array(z.string()),
      confirmedAt: z.nullable(time),
      restoredAt: z.nullable(time),
      before: z.nullable(exportedMethod),
      after: z.nullable(exportedMethod),
    }),
  ),
  history: z.array(z.omit(historyRow, { isCurrent: true })),
  /** Whether sessions, notices and history are all of them: of more than an answer has room for, the newest are there. */
  isWhole: z.boolean(),
});
export type ExportAnswer = Answer<typeof accountExport>;

/** What others trust: who is signed in, and by what. */
export const sessionAssertion = z.object({ assertion: z.jwt(), expiresAt: time });
export type AssertionAnswer = Answer<typeof sessionAssertion>;

/** As OpenID Connect Discovery 1.0 has it, as far as there is something to discover. */
export const openIdConfiguration = z.object({
  issuer: z.url(),
  jwks_uri: z.url(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.literal('ES256')),
  claims_supported: z.array(z.string()),
});
const publicKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
export const publicKeys = z.object({ keys: z.array(publicKey).check(z.minLength(1)) });

export const HISTORY_PAGE = 20;
/** Newest first. `next` is the cursor of what is older; null where that is all. */
export const historyPage = z.object({
  events: z.array(historyRow).check(z.maxLength(HISTORY_PAGE)),
  next: z.nullable(z.string().check(z.minLength(1))),
});
export type HistoryPage = Answer<typeof historyPage>;

/** A person whose openid and unionid belong to different accounts, so that nobody can sign in as them. */
const split = z.object({
  provider: oauthProvider,
  seenAt: time,
  claims: z.array(z.object({ subject: z.string(), accountId, relation: z.enum(RELATIONS) })),
});
export type SplitAnswer = Answer<typeof split>;

/** An account as the support desk sees it: masked as for its owner. */
export const operatorAccount = z.object({
  accountId,
  name: label,
  phone: z.nullable(maskedPhone),
  status: z.enum(['active', 'suspended']),
  frozenUntil: z.nullable(time),
  methods: z.array(methodRow),
  /** Of the company's own login; left out where the deployment has none. */
  ownLogin: z.optional(z.object({ state: z.enum(['active', 'suspended']) })),
  /** Left out where there is none. */
  splits: z.optional(z.array(split).check(z.minLength(1))),
});
export type OperatorAccountAnswer = Answer<typeof operatorAccount>;

export const operatorIdentity = z.object({
  accountId,
  relation: z.enum(RELATIONS),
  since: z.nullable(time),
  /** Left out where the person is not split. */
  split: z.optional(split),
});
export type OperatorIdentityAnswer = Answer<typeof operatorIdentity>;

/** `next` is there where there are more. */
export const operatorPhone = z.object({
  accounts: z.array(accountId).check(z.maxLength(HISTORY_PAGE)),
  next: z.optional(accountId),
});
export type OperatorPhoneAnswer = Answer<typeof operatorPhone>;

export const operatorHistoryPage = z.object({
  events: z
    .array(
      z.extend(historyRow, {
        /** Of `operator`: who, and why; `reason` is null where no reason was given. */
        operator: z.optional(z.object({ by: z.string().check(z.minLength(1)), reason: z.nullable(label) })),
      }),
    )
    .check(z.maxLength(HISTORY_PAGE)),
  next: z.nullable(z.string().check(z.minLength(1))),
});
export type OperatorHistoryPage = Answer<typeof operatorHistoryPage>;

/** What a "this wasn't me" link is about, and what has been done about it. */
export const notice = z.object({
  ...told,
  expiresAt: time,
  confirmedAt: z.nullable(time),
  restoredAt: z.nullable(time),
  /** What restoring would do; null where there is nothing to restore. */
  restore: z.nullable(z.enum(['link', 'unlink', 'clear'])),
  /** The methods that restoring may keep alone. */
  only: z.array(wayIn),
  frozenUntil: z.nullable(time),
  /** What the message was written in; null where it had both languages. */
  language: z.nullable(z.enum(LANGUAGES)),
});
export type NoticeAnswer = Answer<typeof notice>;

export const undoOpened = z.object({ token: z.string() });
export type UndoOpenedAnswer = Answer<typeof undoOpened>;

/** What the page is told: that, or that the session which began the flow is to finish it. */
export const END_RESULTS = [...FLOW_RESULTS, 'confirm'] as const;
const endResult: z.ZodMiniType<string> = z.enum(END_RESULTS);

/** The query of the page where a flow ends, `/oauth-result` or one of the console's choice; one that could not begin, too. */
export const flowEnd = z.union([
  z.strictObject({ provider: oauthProvider, intent, flow: id, result: endResult }),
  z.strictObject({
    provider: oauthProvider,
    result: z.enum(['state_invalid', 'invalid_request', 'unavailable', 'quota_exceeded']),
  }),
]);
/** The query of a provider's page, as far as it is ours. */
export const authorizeQuery = z.looseObject({
  state: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  redirect_uri: z.url({ protocol: /^https?$/ }),
});
/** The query of the console's page `/wechat-on-phone`, which says how to sign in where WeChat's QR code is of no use. */
export const onPhone = z.strictObject({ place: z.enum(['phone', 'in_wechat']) });
/** That of the page where a sign-in goes on: the provider's, or the console's if it is refused or can't be done here. */
export const signInBegun = z.union([authorizeQuery, flowEnd, onPhone]);
/** That of the page where a window goes on: the provider's, or the console's if it was opened before, or too late. */
export const windowOpened = z.union([authorizeQuery, flowEnd]);
