import type * as z from 'zod/mini';
import type { ProblemCode } from '../linking/problem.ts';
import * as answers from './answers.ts';
import * as forms from './forms.ts';

/** What a route answers where all goes well: a body, a redirect with a query, or nothing. */
export interface Answer {
  readonly status: number;
  readonly body?: z.ZodMiniType;
  /** The query of the URL that the browser is sent to. */
  readonly location?: z.ZodMiniType;
  /** The cookies it may set, or end. */
  readonly cookies?: readonly string[];
  /** Headers that it has beside those of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One endpoint. */
export interface Route {
  /** That of its function in serverless.yml. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Who may call it: anyone, somebody with a session, the holder of a link that the owner was sent, or an operator whom IAM lets in. */
  readonly caller: 'anyone' | 'session' | 'link' | 'operator';
  /** Without a `body`, none may be sent, but for an empty object. */
  readonly form: {
    readonly path?: z.ZodMiniObject;
    readonly query?: z.ZodMiniObject;
    readonly body?: z.ZodMiniType;
    /** Nothing may be sent in its place. */
    readonly isBodyOptional?: true;
  };
  readonly answer: Answer;
  /** Every code it may be refused with. */
  readonly codes: readonly ProblemCode[];
  readonly summary: string;
}

/** A request that changes something is refused where it comes from another page; it has a body, or must have none. */
const CHANGES = ['origin_not_allowed', 'invalid_request', 'unavailable'] as const;
/** Why somebody with a session may not go on at all. */
const SESSION = ['not_signed_in', 'on_probation'] as const;
/** Why an action may not be possible for an account. */
const CHECK_IMPOSSIBLE = ['sub_account', 'phone_missing'] as const;
const UNLINK_IMPOSSIBLE = [...CHECK_IMPOSSIBLE, 'registered_method', 'not_linked'] as const;
const CLEAR_IMPOSSIBLE = [...CHECK_IMPOSSIBLE, 'not_linked', 'not_suspended'] as const;
const LINK_IMPOSSIBLE = [
  ...CHECK_IMPOSSIBLE,
  'registered_method',
  'account_frozen',
  'not_linkable',
  'already_linked',
] as const;
/** Of any purpose. */
const ANY_IMPOSSIBLE = [...LINK_IMPOSSIBLE, 'not_linked', 'not_suspended'] as const;
const SEND_REFUSED = ['too_soon', 'too_many_attempts', 'quota_exceeded', 'delivery_failed'] as const;
const SMS_REFUSED = [...SEND_REFUSED, 'country_not_served', 'recipient_opted_out'] as const;
const CODE_REFUSED = ['code_expired', 'code_wrong', 'too_many_attempts'] as const;
/** Why an operator may not do something, or can't. */
const OF_OPERATOR = ['operator_only', 'invalid_request', 'unavailable'] as const;
const BY_OPERATOR = [...CHANGES, 'operator_only'] as const;
/** Why a link in a message opens nothing. */
const LINK_REFUSED = ['undo_expired', 'account_suspended'] as const;
const IDENTITY_TAKEN = ['identity_registered', 'identity_linked', 'identity_sub_account'] as const;

/** For everybody, and the same for all. */
const CACHEABLE = { 'Cache-Control': 'public, max-age=300: kept for five minutes at most.' } as const;
const SIGNED_IN = ['__Host-session', '__Host-device'] as const;
const SIGNED_OUT = ['__Host-session'] as const;
/** All OAuth flows of a browser are bound to it by one cookie. */
const FLOW_BEGUN = ['__Host-browser'] as const;

/** The HTTP contract: every route, once. */
export const ROUTES = [
  {
    name: 'showAccount',
    method: 'GET',
    path: '/account',
    caller: 'session',
    form: {},
    answer: { status: 200, body: answers.account, cookies: FLOW_BEGUN },
    codes: ['not_signed_in', 'unavailable'],
    summary: 'The account, its sign-in methods, and what this session has under way',
  },
  {
    name: 'showHistory',
    method: 'GET',
    path: '/account/history',
    caller: 'session',
    form: { query: forms.historyQuery },
    answer: { status: 200, body: answers.historyPage },
    codes: ['not_signed_in', 'invalid_request', 'unavailable'],
    summary: 'What happened to the account, newest first',
  },
  {
    name: 'setPreferences',
    method: 'PUT',
    path: '/account/preferences',
    caller: 'session',
    form: { body: forms.preferencesForm },
    answer: { status: 200, body: answers.preferences },
    codes: [...CHANGES, ...SESSION, ...CHECK_IMPOSSIBLE, 'account_frozen', 'identity_check_required'],
    summary:
      'Choose the language of notices, and by what to hear of sign-ins; what is left out stays as it is',
  },
  {
    name: 'exportAccount',
    method: 'GET',
    path: '/account/export',
    caller: 'session',
    form: {},
    answer: {
      status: 200,
      body: answers.accountExport,
      headers: { 'Content-Disposition': 'Says that it is a file to keep, and what it is called.' },
    },
    codes: [...SESSION, ...CHECK_IMPOSSIBLE, 'account_frozen', 'identity_check_required', 'unavailable'],
    summary: 'All that is kept of the account, unmasked',
  },
  {
    name: 'listSessions',
    method: 'GET',
    path: '/sessions',
    caller: 'session',
    form: {},
    answer: { status: 200, body: answers.sessions },
    codes: ['not_signed_in', 'unavailable'],
    summary: 'The sessions of the account that are open',
  },
  {
    name: 'endOneSession',
    method: 'DELETE',
    path: '/sessions/{id}',
    caller: 'session',
    form: { path: forms.sessionPath },
    answer: { status: 204, cookies: SIGNED_OUT },
    codes: [...CHANGES, ...SESSION, 'not_found', 'quota_exceeded'],
    summary: 'Sign out one device',
  },
  {
    name: 'createAssertion',
    method: 'POST',
    path: '/assertions',
    caller: 'session',
    form: { body: forms.sessionAssertionForm },
    answer: { status: 201, body: answers.sessionAssertion },
    codes: [...CHANGES, ...SESSION],
    summary: 'A signed assertion of this session, for an audience of ASSERTION_AUDIENCES',
  },
  {
    name: 'showConfiguration',
    method: 'GET',
    path: '/.well-known/openid-configuration',
    caller: 'anyone',
    form: {},
    answer: { status: 200, body: answers.openIdConfiguration, headers: CACHEABLE },
    codes: ['not_found', 'unavailable'],
    summary: 'Where verifiers of assertions find the keys',
  },
  {
    name: 'showKeys',
    method: 'GET',
    path: '/.well-known/jwks.json',
    caller: 'anyone',
    form: {},
    answer: { status: 200, body: answers.publicKeys, headers: CACHEABLE },
    codes: ['not_found', 'unavailable'],
    summary: 'The public keys that assertions are verified with',
  },
  {
    name: 'endAllSessions',
    method: 'DELETE',
    path: '/sessions',
    caller: 'session',
    form: {},
    answer: { status: 204, cookies: SIGNED_OUT },
    codes: [...CHANGES, ...SESSION, 'quota_exceeded'],
    summary: 'Sign out everywhere',
  },
  {
    name: 'signInByAssertion',
    method: 'POST',
    path: '/sessions',
    caller: 'anyone',
    form: { body: forms.assertionForm },
    answer: { status: 201, body: answers.sessionOpened, cookies: SIGNED_IN },
    codes: [
      ...CHANGES,
      'not_found',
      'assertion_invalid',
      'sub_account',
      'account_suspended',
      'account_unknown',
      'method_suspended',
    ],
    summary: 'Sign in with an assertion of the company’s own login',
  },
  {
    name: 'endSession',
    method: 'DELETE',
    path: '/session',
    caller: 'session',
    form: {},
    answer: { status: 204, cookies: SIGNED_OUT },
    codes: [...CHANGES, 'not_signed_in'],
    summary: 'Sign out',
  },
  {
    name: 'sendIdentityCheck',
    method: 'POST',
    path: '/otp/send',
    caller: 'session',
    form: { body: forms.identityCheckForm },
    answer: { status: 202, body: answers.identityCheckSent },
    codes: [...CHANGES, ...SESSION, ...ANY_IMPOSSIBLE, ...SMS_REFUSED],
    summary: 'Begin an identity check: send a code to the registered phone',
  },
  {
    name: 'verifyIdentityCheck',
    method: 'POST',
    path: '/otp/verify',
    caller: 'session',
    form: { body: forms.verifyIdentityCheckForm },
    answer: { status: 200, body: answers.verified },
    codes: [...CHANGES, ...SESSION, ...ANY_IMPOSSIBLE, ...CODE_REFUSED],
    summary: 'Pass an identity check with the code that was sent',
  },
  {
    name: 'sendLinkEmailCode',
    method: 'POST',
    path: '/links/email/send',
    caller: 'session',
    form: { body: forms.linkEmailCodeForm },
    answer: { status: 202, body: answers.linkEmailCodeSent },
    codes: [...CHANGES, ...SESSION, ...LINK_IMPOSSIBLE, 'identity_check_required', ...SEND_REFUSED],
    summary: 'Mail a code to the address to be linked, or to take the place of the one that is',
  },
  {
    name: 'linkEmail',
    method: 'POST',
    path: '/links/email',
    caller: 'session',
    form: { body: forms.linkEmailForm },
    answer: { status: 201, body: answers.linked },
    codes: [
      ...CHANGES,
      ...SESSION,
      ...LINK_IMPOSSIBLE,
      'identity_check_required',
      ...CODE_REFUSED,
      ...IDENTITY_TAKEN,
    ],
    summary:
      'Link the address with the code that was mailed to it, in place of the one that is linked, if one is',
  },
  {
    name: 'beginLink',
    method: 'POST',
    path: '/links/{provider}',
    caller: 'session',
    form: { path: forms.oauthProviderPath, body: forms.beginLinkForm, isBodyOptional: true },
    answer: { status: 200, body: answers.flowBegun, cookies: FLOW_BEGUN },
    codes: [...CHANGES, ...SESSION, 'not_found', ...LINK_IMPOSSIBLE, 'identity_check_required'],
    summary: 'Begin to link at an OAuth provider, or to replace what is linked there: get the URL to scan at',
  },
  {
    name: 'finishLink',
    method: 'POST',
    path: '/links/{provider}/finish',
    caller: 'session',
    form: { path: forms.oauthProviderPath, body: forms.finishLinkForm },
    answer: { status: 201, body: answers.linked },
    codes: [
      ...CHANGES,
      ...SESSION,
      'not_found',
      ...LINK_IMPOSSIBLE,
      'identity_check_required',
      'code_expired',
      ...IDENTITY_TAKEN,
    ],
    summary: 'Make the link that a window of this session has led to',
  },
  {
    name: 'unlink',
    method: 'DELETE',
    path: '/links/{provider}',
    caller: 'session',
    form: { path: forms.providerPath },
    answer: { status: 204 },
    codes: [...CHANGES, ...SESSION, 'not_found', ...UNLINK_IMPOSSIBLE, 'identity_check_required'],
    summary: 'Unlink a method, and end the sessions that it opened',
  },
  {
    name: 'clearMethod',
    method: 'POST',
    path: '/links/{provider}/clear',
    caller: 'session',
    form: { path: forms.wayInPath },
    answer: { status: 204 },
    codes: [...CHANGES, ...SESSION, 'not_found', ...CLEAR_IMPOSSIBLE, 'identity_check_required'],
    summary: 'Lift the suspension of a method',
  },
  {
    name: 'keepOnly',
    method: 'POST',
    path: '/account/only',
    caller: 'session',
    form: {},
    answer: { status: 200, body: answers.onlyKept },
    codes: [...CHANGES, ...SESSION, ...CHECK_IMPOSSIBLE, 'identity_check_required'],
    summary: 'Suspend every method but the one that this session was opened by, and end every other session',
  },
  {
    name: 'dismissNotice',
    method: 'DELETE',
    path: '/account/notices/{id}',
    caller: 'session',
    form: { path: forms.noticePath },
    answer: { status: 204 },
    codes: [...CHANGES, ...SESSION, 'not_found'],
    summary: 'Show a notice no more in this session',
  },
  {
    name: 'disownNotice',
    method: 'POST',
    path: '/account/notices/{id}/disown',
    caller: 'session',
    form: { path: forms.noticePath },
    answer: { status: 200, body: answers.notice, cookies: SIGNED_OUT },
    codes: [...CHANGES, ...SESSION, 'not_found', 'undo_expired', 'quota_exceeded'],
    summary: "Say of a notice that it wasn't you, as its link does",
  },
  {
    name: 'oauthCallback',
    method: 'GET',
    path: '/oauth/{provider}/callback',
    caller: 'anyone',
    form: { path: forms.oauthProviderPath, query: forms.callbackQuery },
    answer: { status: 302, location: answers.flowEnd, cookies: SIGNED_IN },
    codes: ['not_found', 'unavailable'],
    summary: 'Where the provider sends the browser back to',
  },
  {
    name: 'openWindow',
    method: 'GET',
    path: '/oauth/{provider}/window',
    caller: 'anyone',
    form: { path: forms.oauthProviderPath, query: forms.windowQuery },
    answer: { status: 302, location: answers.windowOpened, cookies: FLOW_BEGUN },
    codes: ['not_found', 'unavailable'],
    summary: 'Where a window begins that a bearer has opened to link an OAuth provider',
  },
  {
    name: 'sendSignInCode',
    method: 'POST',
    path: '/sign-in/email/send',
    caller: 'anyone',
    form: { body: forms.signInCodeForm },
    answer: { status: 202, body: answers.signInCodeSent },
    codes: [
      ...CHANGES,
      'not_found',
      'human_check_required',
      'too_soon',
      'too_many_attempts',
      'quota_exceeded',
    ],
    summary: 'Mail a code to sign in with; the answer is the same for an address that nobody has',
  },
  {
    name: 'signInByEmail',
    method: 'POST',
    path: '/sign-in/email',
    caller: 'anyone',
    form: { body: forms.signInForm },
    answer: { status: 200, body: answers.signedIn, cookies: SIGNED_IN },
    codes: [...CHANGES, 'not_found', 'method_suspended', 'account_suspended', ...CODE_REFUSED],
    summary: 'Sign in with the code that was mailed',
  },
  {
    name: 'beginSignIn',
    method: 'GET',
    path: '/sign-in/{provider}',
    caller: 'anyone',
    form: { path: forms.oauthProviderPath, query: forms.beginSignInQuery },
    answer: { status: 302, location: answers.signInBegun, cookies: FLOW_BEGUN },
    codes: ['not_found', 'unavailable'],
    summary: 'Go to an OAuth provider to sign in',
  },
  {
    name: 'openUndo',
    method: 'POST',
    path: '/undo/open',
    caller: 'anyone',
    form: { body: forms.openUndoForm },
    answer: { status: 200, body: answers.undoOpened },
    codes: [...CHANGES, 'code_wrong', 'too_many_attempts', 'quota_exceeded'],
    summary:
      'The token of a "this wasn\'t me" link, for the code that a message without links had; the same for a phone that nobody has',
  },
  {
    name: 'showUndo',
    method: 'POST',
    path: '/undo/show',
    caller: 'link',
    form: { body: forms.undoForm },
    answer: { status: 200, body: answers.notice },
    codes: [...CHANGES, ...LINK_REFUSED],
    summary: 'What a "this wasn\'t me" link is about; changes nothing',
  },
  {
    name: 'confirmUndo',
    method: 'POST',
    path: '/undo',
    caller: 'link',
    form: { body: forms.undoForm },
    answer: { status: 200, body: answers.notice },
    codes: [...CHANGES, ...LINK_REFUSED],
    summary:
      "Say that it wasn't you: end every session, suspend the method, and let nothing be linked for a day",
  },
  {
    name: 'sendUndoCode',
    method: 'POST',
    path: '/undo/code',
    caller: 'link',
    form: { body: forms.undoForm },
    answer: { status: 202, body: answers.restoreCodeSent },
    codes: [...CHANGES, ...LINK_REFUSED, 'phone_missing', ...SMS_REFUSED],
    summary: 'Send a code to the registered phone, to restore with',
  },
  {
    name: 'restoreMethod',
    method: 'POST',
    path: '/undo/restore',
    caller: 'link',
    form: { body: forms.restoreForm },
    answer: { status: 200, body: answers.notice },
    codes: [...CHANGES, ...LINK_REFUSED, 'not_linked', ...CODE_REFUSED, ...IDENTITY_TAKEN],
    summary: 'Put back what was before the change, and keep one method alone where `only` names it',
  },
  {
    name: 'operatorShowAccount',
    method: 'GET',
    path: '/operator/accounts/{id}',
    caller: 'operator',
    form: { path: forms.accountPath, query: forms.lookUpQuery },
    answer: { status: 200, body: answers.operatorAccount },
    codes: [...OF_OPERATOR, 'account_unknown'],
    summary: 'An account, masked as for its owner; its history has it that it was looked up',
  },
  {
    name: 'operatorShowHistory',
    method: 'GET',
    path: '/operator/accounts/{id}/history',
    caller: 'operator',
    form: { path: forms.accountPath, query: forms.lookUpHistoryQuery },
    answer: { status: 200, body: answers.operatorHistoryPage },
    codes: [...OF_OPERATOR, 'account_unknown'],
    summary: 'What happened to an account, newest first, with which operator did something, and why',
  },
  {
    name: 'operatorFindIdentity',
    method: 'GET',
    path: '/operator/identities/{provider}',
    caller: 'operator',
    form: { path: forms.providerPath, query: forms.lookUpIdentityQuery },
    answer: { status: 200, body: answers.operatorIdentity },
    codes: [...OF_OPERATOR, 'not_found', 'identity_unknown'],
    summary: 'Whose an identity is',
  },
  {
    name: 'operatorFindPhone',
    method: 'GET',
    path: '/operator/phones',
    caller: 'operator',
    form: { query: forms.lookUpPhoneQuery },
    answer: { status: 200, body: answers.operatorPhone },
    codes: OF_OPERATOR,
    summary: 'Which accounts have a phone',
  },
  {
    name: 'operatorEndSessions',
    method: 'DELETE',
    path: '/operator/accounts/{id}/sessions',
    caller: 'operator',
    form: { path: forms.accountPath, query: forms.changeQuery },
    answer: { status: 204 },
    codes: [...BY_OPERATOR, 'account_unknown'],
    summary: 'Sign an account out everywhere; its owner is told',
  },
  {
    name: 'operatorUnlink',
    method: 'DELETE',
    path: '/operator/accounts/{id}/links/{provider}',
    caller: 'operator',
    form: { path: forms.accountMethodPath, query: forms.changeQuery },
    answer: { status: 204 },
    codes: [...BY_OPERATOR, 'not_found', 'account_unknown', 'sub_account', 'not_linked', 'registered_method'],
    summary: 'Unlink a method of an account; its owner is told, and can link it again',
  },
  {
    name: 'operatorReleaseIdentity',
    method: 'DELETE',
    path: '/operator/identities/{provider}',
    caller: 'operator',
    form: { path: forms.providerPath, query: forms.releaseQuery },
    answer: { status: 204 },
    codes: [...BY_OPERATOR, 'not_found', 'identity_unknown', 'sub_account', 'registered_method'],
    summary: 'Take one claim of a split person from the account that has it; its owner is told',
  },
  {
    name: 'operatorUnfreeze',
    method: 'POST',
    path: '/operator/accounts/{id}/unfreeze',
    caller: 'operator',
    form: { path: forms.accountPath, query: forms.unfreezeQuery },
    answer: { status: 204 },
    codes: [...BY_OPERATOR, 'account_unknown', 'not_linked', 'not_suspended'],
    summary:
      'Lift the freeze of an account or, with a provider, the suspension of that method; its owner is told',
  },
] as const satisfies readonly Route[];
