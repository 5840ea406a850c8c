import * as z from 'zod/mini';
import * as contract from '../../../lib/contract/answers.ts';
import { METHOD_STATES } from '../../../lib/linking/identity.ts';
import { NOTICE_TYPES } from '../../../lib/linking/notice-types.ts';
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
const sessionRow = z.object({
  ...contract.sessionRow.shape,
  id: z.string().check(z.minLength(1)),
  device: shown,
  ip: shown,
  since: moment,
  lastSeenAt: moment,
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

const undoStory = z.object({
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
export type UndoStory = Readonly<z.infer<typeof undoStory>>;

export const answers = {
  account: z.object({
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
  }),
  codeSent: z.object(sent),
  signInCodeSent: z.object({ challengeId: z.string(), ...sent }),
  verified: z.extend(contract.verified, { verifiedUntil: moment }),
  linked: z.object({ method: methodRow }),
  onlyKept: z.object({ methods: z.array(methodRow) }),
  // The page is sent there, so that it must be a web address.
  flowBegun: z.extend(contract.flowBegun, { flowId: z.string(), expiresAt: moment }),
  sessions: z.object({ sessions: z.array(sessionRow) }),
  preferences: contract.preferences,
  // It is saved as it is, and not looked at.
  accountExport: z.record(z.string(), z.unknown()),
  historyPage: z.object({ events: z.array(historyRow), next: z.nullable(z.string()) }),
  undoStory,
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
