import * as z from 'zod/mini';
import type { ProblemCode } from '../linking/problem.ts';
import * as answers from './answers.ts';
import * as fields from './fields.ts';
import * as forms from './forms.ts';
import { problemSchema } from './problem-bodies.ts';
import { ROUTES } from './routes.ts';

/** What the parts of the contract are called in its OpenAPI document, and what is said of them there. */

export interface Meta {
  readonly id: string;
  readonly description?: string;
  readonly examples?: unknown[];
  /** What each member of an object is. */
  readonly members?: Readonly<Record<string, string>>;
}

/** Parts of requests, as a caller sends them. */
export const requests = z.registry<Meta>();
/** Parts of answers. */
export const replies = z.registry<Meta>();

function name(registry: typeof requests, schema: z.ZodMiniType, meta: Meta): void {
  registry.add(schema, meta);
}

/** Names an object, and says of every member what it is. */
function nameObject<Shape extends z.core.$ZodShape>(
  registry: typeof requests,
  schema: z.ZodMiniObject<Shape, z.core.$ZodObjectConfig>,
  meta: Meta & { readonly members: Readonly<Record<keyof Shape, string>> },
): void {
  registry.add(schema, meta);
}

for (const registry of [requests, replies]) {
  name(registry, fields.provider, {
    id: 'Provider',
    description: 'Whose identities are linked and signed in with.',
  });
  name(registry, fields.wayIn, {
    id: 'WayIn',
    description: 'What opens sessions: a provider, or (`assertion`) the company’s own login.',
  });
  name(registry, fields.oauthProvider, {
    id: 'OAuthProvider',
    description: 'A provider with a page of its own.',
  });
  name(registry, fields.purpose, {
    id: 'Purpose',
    description:
      'What an identity check is for: an action at a provider, or to keep one method `only`. A check opens that action only, once.',
  });
}

nameObject(requests, forms.preferencesForm, {
  id: 'PreferencesForm',
  description: 'What is left out stays as it is; one of both is needed.',
  examples: [{ language: 'en', notify: 'mail' }],
  members: {
    language: 'What notices are written in.',
    notify: 'By what to hear of sign-ins: `mail`, `sms`, or `all`.',
  },
});

nameObject(requests, forms.sessionAssertionForm, {
  id: 'SessionAssertionForm',
  examples: [{ audience: 'https://gateway.example.com' }],
  members: { audience: 'Whom it is for: one of ASSERTION_AUDIENCES.' },
});

const CODE = 'The six digits that were sent. White space and full-width digits are accepted.';
const TOKEN = 'What the link in the message has after `#`.';
const EMAIL = 'Trimmed, and put in lower case, with its domain as IDNA ASCII.';

nameObject(requests, forms.identityCheckForm, {
  id: 'IdentityCheckForm',
  examples: [{ purpose: 'link_email' }],
  members: { purpose: 'What to check identity for.' },
});
nameObject(requests, forms.verifyIdentityCheckForm, {
  id: 'VerifyIdentityCheckForm',
  examples: [{ purpose: 'link_email', code: '123456' }],
  members: { purpose: 'That of the check that was begun.', code: CODE },
});
nameObject(requests, forms.linkEmailCodeForm, {
  id: 'LinkEmailCodeForm',
  examples: [{ email: 'name@example.com' }],
  members: { email: EMAIL },
});
nameObject(requests, forms.linkEmailForm, {
  id: 'LinkEmailForm',
  examples: [{ email: 'name@example.com', code: '123456' }],
  members: { email: 'The address that the code was mailed to.', code: CODE },
});
nameObject(requests, forms.beginLinkForm, {
  id: 'BeginLinkForm',
  examples: [{}, { returnTo: 'https://console.example.com/security' }],
  members: { returnTo: 'A page of a configured console, for the flow to end at.' },
});
nameObject(requests, forms.finishLinkForm, {
  id: 'FinishLinkForm',
  examples: [{ flowId: 'q0Fh3PjKc7sQy1Jw8ZtXgA', code: 'the-code-of-the-fragment' }],
  members: {
    flowId: 'That of the answer that began it.',
    code: 'What the fragment of the page had where the window ended. Good once, and for 60 seconds.',
  },
});
nameObject(requests, forms.signInCodeForm, {
  id: 'SignInCodeForm',
  examples: [{ email: 'name@example.com' }],
  members: {
    email: EMAIL,
    humanCheck: 'The answer to the check that a `human_check_required` asked for.',
  },
});
name(requests, forms.humanAnswerField, {
  id: 'HumanAnswer',
  description:
    'What Turnstile (`token`) or Tencent’s captcha (`ticket`, `randstr`) gave the page. Good once.',
  examples: [{ token: '0.a-token-that-turnstile-gave-the-page' }],
});
nameObject(requests, forms.signInForm, {
  id: 'SignInForm',
  examples: [{ challengeId: 'q0Fh3PjKc7sQy1Jw8ZtXgA', code: '123456' }],
  members: { challengeId: 'That of the code that was asked for.', code: CODE },
});
nameObject(requests, forms.assertionForm, {
  id: 'AssertionForm',
  examples: [{ assertion: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl' }],
  members: {
    assertion:
      'A JWT of the company’s backend, signed with RS256, ES256 or EdDSA: `sub` is the account id, `exp` at most 300 s after `iat`, `jti` good once.',
  },
});
nameObject(requests, forms.openUndoForm, {
  id: 'OpenUndoForm',
  examples: [{ phone: '+8613800138001', code: '123456' }],
  members: {
    phone:
      'The number that the message went to, as people write it; without a country it is one of mainland China.',
    code: 'The six digits of the message. Good for 72 hours, as often as a link is.',
  },
});
nameObject(requests, forms.undoForm, {
  id: 'UndoForm',
  examples: [{ token: 'the-token-of-the-link' }],
  members: { token: TOKEN },
});
nameObject(requests, forms.restoreForm, {
  id: 'RestoreForm',
  examples: [{ token: 'the-token-of-the-link', code: '123456' }],
  members: {
    token: TOKEN,
    code: CODE,
    only: 'The method to keep alone: it is cleared, every other is suspended, and every session ends.',
  },
});

name(replies, answers.maskedPhone, {
  id: 'MaskedPhone',
  description: 'A phone number that only its owner recognises.',
  examples: ['138****8001'],
});
name(replies, answers.maskedEmail, {
  id: 'MaskedEmail',
  description: 'An address that only its owner recognises.',
  examples: ['a***e@example.com'],
});
name(replies, answers.maskedIp, {
  id: 'MaskedIp',
  description: 'An IP address without its last part; `*` where it is not known.',
  examples: ['203.0.*.*'],
});

const DISPLAY = 'A masked address, or the nickname.';
const TOLD = {
  type: 'What happened. `signed_out`: a session ended others, or all. `locked`: one spent the guesses of an identity check.',
  isAttempt: 'Of `suspended`: a sign-in that was refused, since the method is.',
  byOperator: 'The support desk did it. Left out where it did not.',
  provider: 'With which kind of method.',
  display: DISPLAY,
  at: 'When.',
  ip: 'From where.',
  device: 'What the browser called itself.',
};
const SENT = {
  sentTo: 'Where the code went.',
  expiresAt: 'Until when the code is good.',
  resendAt: 'From when another can be sent.',
};

nameObject(replies, answers.methodRow, {
  id: 'Method',
  description: 'One way into the account.',
  members: {
    provider: 'There is a row for every provider.',
    relation: 'The account was registered with it, it was linked later, or there is none.',
    display: `${DISPLAY} Null where there is none.`,
    since:
      'When it was registered or linked. Null where there is none, and where nobody knows when it was registered.',
    actions: 'What can be done about it now.',
    state:
      '`active`; `probation`: too new to change anything with; `suspended`: nobody signs in with it until it is cleared. Null where there is none.',
    stateUntil: 'When the probation ends. Null in any other state.',
    mailStopped:
      'Of an email that mail has come back from: nothing is mailed there until a code that is sent to it for `replace_email` is typed. Left out where mail goes there.',
  },
});
nameObject(replies, answers.checkRow, {
  id: 'IdentityCheck',
  description: 'An identity check that this session has under way, so that a page can go on after a reload.',
  members: {
    purpose: 'What it is for.',
    step: '`phone`: a code by SMS is waiting. `verified`: the action is open. `email`: it is open, and a code by mail is waiting.',
    sentTo: 'Where the code that is waiting went.',
    expiresAt: 'Until when the code that is waiting is good.',
    resendAt: 'From when another code can be sent.',
    verifiedUntil: 'Until when the action is open.',
    attemptsLeft: 'How many guesses are left.',
  },
});
nameObject(replies, answers.flow, {
  id: 'Flow',
  description: 'A visit to an OAuth provider.',
  members: {
    flowId: 'That of the answer that began it.',
    provider: 'Where the browser went.',
    intent: 'What for.',
    result: 'What it came to. Null while it is open.',
    at: 'When it began, or ended.',
  },
});
nameObject(replies, answers.session, {
  id: 'Session',
  members: {
    openedBy:
      'The method it was opened with; it ends when that is unlinked. `assertion`: the company’s own login.',
    expiresAt: 'When it ends if it is not used.',
  },
});
nameObject(replies, answers.account, {
  id: 'Account',
  members: {
    accountId: 'Its id.',
    name: 'Its name.',
    phone: 'The registered phone, where codes go. Null where there is none.',
    methods: 'A row for every provider.',
    checks: 'The identity checks that this session has under way.',
    lastFlow: 'This session’s last visit to an OAuth provider. Null if there was none.',
    session: 'This session.',
    preferences: 'What the owner has chosen of their notices.',
    ownLogin:
      'Of the company’s own login, whether it is suspended: it counts as one more way in. Left out where there is none.',
    frozenUntil: 'Until when nothing can be linked. Null where nothing is frozen.',
    notices: 'What happened in the last 72 hours and was not this session’s doing, changes before sign-ins.',
  },
});
nameObject(replies, answers.noticeRow, {
  id: 'NoticeRow',
  description: 'Something that happened, for its owner to say whether it was them.',
  members: { id: 'What to dismiss or disown it by.', ...TOLD },
});
nameObject(replies, answers.preferences, {
  id: 'Preferences',
  members: {
    language: 'What notices are written in. Null where nobody has said.',
    notify:
      'By what the owner hears of sign-ins: `mail`, `sms`, or `all`. Of changes they hear by everything, whatever this is.',
  },
});
nameObject(replies, answers.sessionAssertion, {
  id: 'SessionAssertion',
  members: {
    assertion:
      'A JWT, signed by ES256: `iss` is the API, `sub` the account, `aud` the audience, `sid` the session, `amr` the method that opened it, and `auth_time` when.',
    expiresAt: 'A minute later.',
  },
});
nameObject(replies, answers.openIdConfiguration, {
  id: 'OpenIdConfiguration',
  members: {
    issuer: 'The `iss` of assertions: where the API is.',
    jwks_uri: 'Where the keys are.',
    response_types_supported: 'For form’s sake: there is no authorization endpoint.',
    subject_types_supported: 'An account has the same `sub` for everybody.',
    id_token_signing_alg_values_supported: 'ES256, and no other.',
    claims_supported: 'What an assertion says.',
  },
});
nameObject(replies, answers.publicKeys, {
  id: 'PublicKeys',
  description: 'A JWK Set (RFC 7517).',
  members: { keys: 'The key that signs; after a change, the one before it too.' },
});
const SESSION_ROW = {
  id: 'What to end it by. It opens nothing.',
  openedBy: 'The method it was opened with.',
  device: 'What the browser called itself.',
  ip: 'From where it was opened, masked.',
  since: 'When it was opened.',
  lastSeenAt: 'When it was last used, to within a twelfth of the time that a session may be idle.',
};
nameObject(replies, answers.sessionRow, {
  id: 'SessionRow',
  members: { ...SESSION_ROW, current: 'Whether it is the one that asks.' },
});
nameObject(replies, answers.sessions, { id: 'Sessions', members: { sessions: 'Newest first.' } });
nameObject(replies, answers.accountExport, {
  id: 'AccountExport',
  description:
    'All that is kept of an account, unmasked. What codes, tokens and limits are stored as is none of it: it says nothing of its owner.',
  members: {
    exportedAt: 'When.',
    account: 'What the company has registered.',
    preferences: 'What the owner has chosen.',
    methods: 'What signs in to it, with the address or what the provider calls the person by.',
    reserved: 'What was unlinked, and can be linked to no other account until then.',
    sessions: 'Those that are open.',
    checks:
      'The identity checks and codes of the last 72 hours: for what, in which sessions, where a code went and when, and when it was guessed wrong.',
    notices:
      'What the owner was notified of in the last 72 hours, where, and the method before and after it; changes before sign-ins.',
    history: 'What happened in the last 180 days, newest first.',
    isWhole:
      'Whether sessions, notices and history are all of them. Of more than an answer has room for (5,000 events, 500 notices of changes and 500 of sign-ins, a few megabytes), the newest are there.',
  },
});
nameObject(replies, answers.onlyKept, {
  id: 'OnlyKept',
  members: { methods: 'A row for every provider, as it is now.' },
});
nameObject(replies, answers.identityCheckSent, {
  id: 'IdentityCheckSent',
  members: { purpose: 'That of the request.', ...SENT },
});
nameObject(replies, answers.linkEmailCodeSent, { id: 'LinkEmailCodeSent', members: SENT });
nameObject(replies, answers.restoreCodeSent, { id: 'RestoreCodeSent', members: SENT });
nameObject(replies, answers.signInCodeSent, {
  id: 'SignInCodeSent',
  description: 'The same for an address that nobody has.',
  members: { challengeId: 'What to sign in with, beside the code.', ...SENT },
});
nameObject(replies, answers.verified, {
  id: 'IdentityCheckVerified',
  members: {
    purpose: 'That of the request.',
    verifiedUntil: 'Until when the action is open, once, for this session.',
  },
});
nameObject(replies, answers.linked, { id: 'Linked', members: { method: 'The method as it is now.' } });
nameObject(replies, answers.flowBegun, {
  id: 'FlowBegun',
  members: {
    flowId: 'That of `lastFlow`.',
    authorizeUrl:
      'Where the customer scans. Open it in a window; to a bearer it is good once, and for 60 seconds.',
    expiresAt: 'Until when the scan can be finished.',
  },
});
nameObject(replies, answers.undoOpened, {
  id: 'UndoOpened',
  members: { token: 'What the link of that message would have had after `#`.' },
});
nameObject(replies, answers.signedIn, { id: 'SignedIn', members: { accountId: 'Whose account it is.' } });
nameObject(replies, answers.sessionOpened, {
  id: 'SessionOpened',
  members: {
    accountId: 'Whose account it is.',
    token: 'Stands for the session’s cookie, as a bearer token.',
    expiresAt: 'When the session ends if it is not used.',
  },
});
nameObject(replies, answers.historyRow, {
  id: 'HistoryEvent',
  members: {
    type: 'What happened. `frozen`: nothing can be linked for a day, because of this method. `suspended`, `cleared`: nobody signs in with it, or they do again.',
    provider: 'With which kind of method.',
    display: DISPLAY,
    at: 'When.',
    ip: 'From where.',
    device: 'What the browser called itself.',
    reason: 'The code of the refusal, for `refused`; otherwise null.',
    action: 'What the support desk did, for `operator`; otherwise left out.',
    isCurrent: 'True for the sign-in that opened this session; otherwise left out.',
  },
});
nameObject(replies, answers.operatorAccount, {
  id: 'OperatorAccount',
  members: {
    accountId: 'Its id.',
    name: 'Its name.',
    phone: 'The registered phone, masked as for its owner. Null where there is none.',
    status: '`suspended`: the company lets nobody sign in.',
    frozenUntil: 'Until when nothing can be linked. Null where nothing is frozen.',
    methods: 'A row for every provider, masked as for its owner.',
    ownLogin: 'Of the company’s own login, whether it is suspended. Left out where there is none.',
    splits: 'Persons whose openid and unionid belong to different accounts. Left out where there are none.',
  },
});
nameObject(replies, answers.operatorIdentity, {
  id: 'OperatorIdentity',
  members: {
    accountId: 'Whose it is.',
    relation: 'Registered with it, linked to it, or a sub-account’s.',
    since: 'Since when. Null where that is not known.',
    split: 'What else the person has, and whose that is. Left out where the person is not split.',
  },
});
nameObject(replies, answers.operatorPhone, {
  id: 'OperatorPhone',
  members: {
    accounts: 'The accounts that have the phone, in the order of their ids.',
    next: 'The cursor of the next page. Left out where there is none.',
  },
});
nameObject(replies, answers.operatorHistoryPage, {
  id: 'OperatorHistoryPage',
  members: {
    events: 'Newest first. Those of `operator` say who did it, and why.',
    next: 'The cursor of what is older. Null where that is all.',
  },
});
nameObject(replies, answers.historyPage, {
  id: 'HistoryPage',
  members: { events: 'Newest first.', next: 'The cursor of what is older. Null where that is all.' },
});
nameObject(replies, answers.notice, {
  id: 'Notice',
  description: 'Something that the owner was told of, and what has been done about it.',
  members: {
    ...TOLD,
    expiresAt: 'Until when the link is good.',
    confirmedAt:
      'When somebody said that it wasn’t them; keeping one method alone says it of everything before. Null where nobody has.',
    restoredAt: 'When something was last restored by it. Null where nothing was.',
    restore:
      'What putting back would do: unlink what was linked, link what was unlinked or replaced, or clear a method. Null where there is nothing to put back.',
    only: 'The methods that may be kept alone, as `only` of a restore.',
    frozenUntil: 'Until when nothing can be linked. Null where nothing is frozen.',
    language: 'What the message that led here was written in. Null where it had both languages.',
  },
});

const WHEN: Readonly<Record<ProblemCode, string>> = {
  origin_not_allowed: 'The request comes from a page of another origin.',
  not_signed_in: 'There is no session, or it has ended.',
  assertion_invalid: 'The assertion is wrong in some way, or was used before. Which way is in the log alone.',
  invalid_request: 'The request is not of this form.',
  not_found: 'There is no such provider, or no such notice.',
  sub_account: 'A sub-account can’t change links.',
  not_linkable: 'The provider can’t be linked in this deployment.',
  registered_method: 'The account was registered with it: it can be neither linked nor unlinked.',
  already_linked: 'One is linked already.',
  not_linked: 'None is linked.',
  account_frozen: 'Nothing can be linked for now, since somebody said that a change wasn’t theirs.',
  account_suspended: 'The company has suspended the account: nobody signs in to it.',
  account_unknown: 'There is no such account, or it was closed.',
  on_probation: 'The session was opened by a method that is too new: it can look, and sign out.',
  method_suspended: 'Nobody signs in with the method until it is cleared.',
  not_suspended: 'The method is not suspended.',
  phone_missing: 'The account has no phone to check identity with.',
  country_not_served: 'Nothing is sent to the country of the account’s phone.',
  recipient_opted_out: 'The account’s phone takes no messages from this sender.',
  identity_unknown: 'No account has this identity.',
  operator_only: 'The caller has no IAM identity.',
  identity_check_required: 'This session has no identity check of that purpose that is passed and unused.',
  human_check_required: 'A person has to show that they are one.',
  undo_expired: 'The link is too old, was used, or was never sent.',
  code_expired: 'No code is waiting: it was never sent, has expired, was replaced or used.',
  code_wrong: 'The code is wrong.',
  too_many_attempts: 'Too many codes were wrong.',
  too_soon: 'A code was sent a moment ago.',
  quota_exceeded: 'Too many codes were sent.',
  identity_registered: 'The identity is registered as an account of its own.',
  identity_linked: 'The identity is linked to another account.',
  identity_sub_account: 'The identity belongs to a sub-account.',
  delivery_failed: 'The code may not have gone out; one that arrives is valid.',
  provider_failed: 'The provider answered with an error, or not at all.',
  unavailable: 'The service is busy. What was asked for may have been done.',
};

/** `code_wrong` as `CodeWrongProblem`. */
export function problemName(code: ProblemCode): string {
  return `${code.replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase())}Problem`;
}

// `provider_failed` is told by a redirect only.
for (const code of new Set<ProblemCode>(ROUTES.flatMap(({ codes }) => codes)))
  name(replies, problemSchema(code), { id: problemName(code), description: WHEN[code] });
