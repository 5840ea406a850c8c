import * as z from 'zod/mini';
import * as contract from '../../lib/contract/answers.ts';
import { purpose } from '../../lib/contract/fields.ts';
import { METHOD_STATES } from '../../lib/linking/identity.ts';
import { NOTICE_TYPES } from '../../lib/linking/notice-types.ts';
import type { Calls } from './contract.ts';
import { Failure } from './failure.ts';

/**
 * The contract's answers, as a page reads them that may be older than the service it asks, or newer: strict in what it acts on, and
 * lenient in what it shows.
 */

// zod would try whether it may make code of text, which the policy of the page forbids and a browser reports.
z.config({ jitless: true });

/** What is only shown is shown in whatever form it comes; what is no text is left out, and blanks no page. */
const shown = z.catch(z.string(), '');
const shownOrNull = z.catch(z.nullable(z.string()), null);
/** A time that is counted down to. */
const moment = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time'));
const momentOrNull = z.catch(z.nullable(moment), null);

const methodRow = z.object({
  ...contract.methodRow.shape,
  display: shownOrNull,
  since: momentOrNull,
  // An older service says none, and a newer one perhaps another: the method is there all the same.
  state: z.catch(z.nullable(z.enum(METHOD_STATES)), null),
  stateUntil: momentOrNull,
});
const checkRow = z.object({
  ...contract.checkRow.shape,
  sentTo: shownOrNull,
  expiresAt: momentOrNull,
  resendAt: momentOrNull,
  verifiedUntil: momentOrNull,
  attemptsLeft: z.catch(z.nullable(z.number()), null),
});
const historyRow = z.object({
  ...contract.historyRow.shape,
  display: shown,
  at: moment,
  ip: shown,
  device: shown,
  reason: shownOrNull,
  // What the support desk of a later release does is told as something that it did.
  action: z.catch(contract.historyRow.shape.action, undefined),
});
const sent = { sentTo: shown, expiresAt: moment, resendAt: moment };

/** What its reader decides about, so that only what is shown beside it may have another form. */
const told = {
  type: z.enum(NOTICE_TYPES),
  isAttempt: z._default(z.boolean(), false),
  byOperator: z.catch(contract.noticeRow.shape.byOperator, undefined),
  display: shown,
  at: moment,
  ip: shown,
  device: shown,
};
const noticeRow = z.object({ ...contract.noticeRow.shape, ...told, id: z.string().check(z.minLength(1)) });

const notice = z.object({
  ...contract.notice.shape,
  ...told,
  only: z._default(contract.notice.shape.only, []),
  expiresAt: moment,
  confirmedAt: z.nullable(moment),
  restoredAt: z.nullable(moment),
  frozenUntil: z.nullable(moment),
  // One that the page does not speak suggests nothing.
  language: z.catch(z._default(contract.notice.shape.language, null), null),
});
const sessionRow = z.object({
  ...contract.sessionRow.shape,
  id: z.string().check(z.minLength(1)),
  device: shown,
  ip: shown,
  since: moment,
  lastSeenAt: moment,
});
const account = z.object({
  ...contract.account.shape,
  accountId: z.string(),
  name: z.string(),
  phone: shownOrNull,
  // A service may have more or fewer providers than the page knows.
  methods: z.array(methodRow),
  checks: z.array(checkRow),
  // A flow of an unknown kind is none of this page's; an unknown result of a known one is told as a failure.
  lastFlow: z.catch(z.nullable(z.extend(contract.flow, { result: z.nullable(z.string()) })), null),
  session: z.extend(contract.session, { expiresAt: moment }),
  // An older service has none.
  preferences: z._default(contract.preferences, { language: null, notify: 'all' }),
  ownLogin: z.catch(contract.account.shape.ownLogin, undefined),
  frozenUntil: z._default(z.nullable(moment), null),
  notices: z._default(z.array(noticeRow), []),
});
const method = z.object({ method: methodRow });
const nothing = z.pipe(
  z.unknown(),
  z.transform((): void => undefined),
);
/** It is kept as it is, and not looked at. */
const kept = <Answer>() => z.custom<Answer>((value) => typeof value === 'object' && value !== null);

type Answered<Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;

/** What each call's answer is read by: a new route does not compile without its line. */
export const READERS: { readonly [Name in keyof Calls]: z.ZodMiniType<Answered<Name>> } = {
  showAccount: account,
  showHistory: z.object({ events: z.array(historyRow), next: z.nullable(z.string()) }),
  setPreferences: contract.preferences,
  exportAccount: kept<Answered<'exportAccount'>>(),
  listSessions: z.object({ sessions: z.array(sessionRow) }),
  endOneSession: nothing,
  endAllSessions: nothing,
  endSession: nothing,
  signInByAssertion: z.object({ accountId: z.string(), token: z.string(), expiresAt: moment }),
  createAssertion: z.object({ assertion: z.string(), expiresAt: moment }),
  showConfiguration: kept<Answered<'showConfiguration'>>(),
  showKeys: kept<Answered<'showKeys'>>(),
  sendIdentityCheck: z.object({ purpose, ...sent }),
  verifyIdentityCheck: z.object({ purpose, verifiedUntil: moment }),
  sendLinkEmailCode: z.object(sent),
  linkEmail: method,
  // The page is sent there, so that it must be a web address.
  beginLink: z.extend(contract.flowBegun, { flowId: z.string(), expiresAt: moment }),
  finishLink: method,
  unlink: nothing,
  clearMethod: nothing,
  keepOnly: z.object({ methods: z.array(methodRow) }),
  dismissNotice: nothing,
  disownNotice: notice,
  sendSignInCode: z.object({ challengeId: z.string(), ...sent }),
  signInByEmail: z.object({ accountId: z.string() }),
  openUndo: z.object({ token: z.string() }),
  showUndo: notice,
  confirmUndo: notice,
  sendUndoCode: z.object(sent),
  restoreMethod: notice,
};

type Path = readonly PropertyKey[];

/** The path of the list element that has a word in it which the page does not know; empty where it is in no list. */
function unknownElement({ code, path }: z.core.$ZodIssue): Path | undefined {
  if (code !== 'invalid_value') return undefined;
  return path.slice(0, path.findLastIndex((key) => typeof key === 'number') + 1);
}

/** JSON without the list elements at those paths. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const below = (key: PropertyKey) => paths.flatMap(([first, ...rest]) => (first === key ? [rest] : []));
  if (Array.isArray(value))
    return value.flatMap((element, index) => {
      const inside = below(index);
      return inside.some(({ length }) => length === 0) ? [] : [without(element, inside)];
    });
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, without(member, below(key))]));
}

/**
 * An answer as its schema has it. What is listed with a word that this page does not know, such as a provider, is left out, so that a
 * newer service does not blank an older page.
 *
 * @throws Failure `server_error` where it is not of the contract's form
 */
export function parseAnswer<Answer>(schema: z.ZodMiniType<Answer>, value: unknown): Answer {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  const unknown = first.error.issues.flatMap((issue) => [unknownElement(issue) ?? []]);
  const second = schema.safeParse(without(value, unknown));
  if (second.success) return second.data;
  throw new Failure('server_error', {}, { cause: second.error });
}
