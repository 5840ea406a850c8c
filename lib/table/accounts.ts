import * as z from 'zod/mini';
import type { Account, AccountId, Method } from '../linking/account.ts';
import { type Subject, WAYS_IN, type WayIn } from '../linking/identity.ts';
import { LANGUAGES, NOTIFY_CHOICES, type Preferences } from '../linking/language.ts';
import { MAIL_STOP_REASONS, type MailStop, RETRY_SECONDS } from '../linking/mail-stop.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import {
  ABSENT,
  type Condition,
  check,
  type Fragment,
  type Item,
  put,
  readItems,
  stale,
  type Table,
  update,
} from './client.ts';
import { keys } from './keys.ts';

const accountSchema = z.object({
  accountId: z.string().check(z.minLength(1)),
  name: z.string(),
  revision: z.optional(z.int()),
  suspended: z.optional(z.literal(true)),
  phone: z.optional(z.string()),
  phoneRevision: z.optional(z.int()),
  parentId: z.optional(z.string()),
  language: z.optional(z.enum(LANGUAGES)),
  preferences: z.optional(
    z.object({ language: z.optional(z.enum(LANGUAGES)), notify: z.optional(z.enum(NOTIFY_CHOICES)) }),
  ),
  frozenUntil: z.optional(z.int()),
  browsersForgottenAt: z.optional(z.int()),
  keptOnlyAt: z.optional(z.int()),
  keptOnlyCodeAt: z.optional(z.int()),
});

/** What is left of an account that is closed: so that an older record does not bring it back. */
const tombstoneSchema = z.object({
  accountId: z.string(),
  revision: z.int(),
  closed: z.literal(true),
  erasing: z.optional(z.object({ addressKeys: z.array(z.string()) })),
});

/** An account that there is no more. */
export interface Tombstone {
  readonly accountId: AccountId;
  readonly revision: number;
  /** Not all of its data is gone yet: its items are, as far as they are found by its id; and what sign-ins hold of its addresses. */
  readonly erasing?: { readonly addressKeys: readonly string[] };
}

/** @returns undefined unless the account is closed */
export function parseTombstone(item: Item | undefined): Tombstone | undefined {
  if (item?.['closed'] === undefined) return undefined;
  const { closed: _closed, ...tombstone } = tombstoneSchema.parse(item);
  return tombstone as unknown as Tombstone;
}

/** @returns undefined if there is none, or none any more: what is left of one that is closed is no account */
export function parseAccount(item: Item | undefined): Account | undefined {
  if (item === undefined || item['closed'] !== undefined) return undefined;
  return accountSchema.parse(item) as unknown as Account;
}

/** @returns undefined if there is none */
export async function readAccount(table: Table, id: AccountId): Promise<Account | undefined> {
  const key = keys.account(id);
  return parseAccount((await readItems(table, [key])).get(key));
}

export const methodSchema = z.object({
  methodId: z.string(),
  provider: z.enum(WAYS_IN),
  relation: z.enum(['registered', 'linked']),
  subjects: z.array(z.string()).check(z.minLength(1)),
  display: z.string(),
  since: z.optional(z.int()),
  imported: z.optional(z.literal(true)),
  suspended: z.optional(z.literal(true)),
  mailStopped: z.optional(
    z.object({ reason: z.enum(MAIL_STOP_REASONS), at: z.int(), triedAt: z.optional(z.int()) }),
  ),
  mailProvedAt: z.optional(z.int()),
});

/** The attribute of an account that holds its method at a provider. */
const methodName = (provider: WayIn) => `method_${provider}`;

/** The methods of an account, in no order; none if it is not there. */
export function parseMethods(item: Item | undefined): ReadonlyMap<WayIn, Method> {
  const methods = WAYS_IN.flatMap((provider) => {
    const stored = item?.[methodName(provider)];
    return stored === undefined ? [] : [methodSchema.parse(stored) as unknown as Method];
  });
  return new Map(methods.map((method) => [method.provider, method]));
}

/** An account, and its method at a provider; undefined what there is not. */
export async function readAccountMethod(
  table: Table,
  id: AccountId,
  provider: WayIn,
): Promise<{ readonly account: Account | undefined; readonly method: Method | undefined }> {
  const key = keys.account(id);
  const item = (await readItems(table, [key])).get(key);
  return { account: parseAccount(item), method: parseMethods(item).get(provider) };
}

const THERE = 'attribute_exists(pk) AND attribute_not_exists(closed)';
/** It is there, neither closed nor suspended. */
const ACTIVE = `${THERE} AND attribute_not_exists(suspended)`;
const OPEN = `${ACTIVE} AND attribute_not_exists(parentId)`;
const NOT_FROZEN = '(attribute_not_exists(frozenUntil) OR frozenUntil <= :now)';

/**
 * The account exists, is not suspended, and is no sub-account, so it may be signed in to. Refused with Problem `account_suspended` if that
 * is all that is in the way.
 */
export function accountOpen(table: Table, id: AccountId, refusal: Fragment['refusal'] = stale): Fragment {
  const open = check(table, keys.account(id), { if: OPEN }, unlessSuspended(refusal));
  return { ...open, isRefused: (old) => !isOpen(old) };
}

function isOpen(item: Item | undefined): boolean {
  const account = parseAccount(item);
  return account !== undefined && account.parentId === undefined && !account.suspended;
}

function unlessSuspended(refusal: Fragment['refusal']): Fragment['refusal'] {
  return (old) => {
    const account = parseAccount(old);
    return account?.suspended && account.parentId === undefined
      ? new Problem('account_suspended')
      : refusal(old);
  };
}

/** The company still has the account suspended. */
export function accountStillSuspended(table: Table, id: AccountId): Fragment {
  return check(table, keys.account(id), { if: 'attribute_exists(suspended)' }, stale);
}

/** The account is there, and is no sub-account, suspended or not: so it may be the parent of one. */
export function accountMain(table: Table, id: AccountId): Fragment {
  const condition = {
    if: 'attribute_exists(pk) AND attribute_not_exists(closed) AND attribute_not_exists(parentId)',
  };
  return check(table, keys.account(id), condition, stale);
}

/** An account as it was read: what is done by a phone is done by the one that it had. */
type Seen = Pick<Account, 'accountId' | 'phoneRevision'>;

function withPhoneKept({ phoneRevision }: Seen, condition: Condition): Condition {
  if (phoneRevision === undefined)
    return { ...condition, if: `${condition.if} AND attribute_not_exists(phoneRevision)` };
  return {
    ...condition,
    if: `${condition.if} AND phoneRevision = :phoneRevision`,
    values: { ...condition.values, ':phoneRevision': phoneRevision },
  };
}

/** The account is there, whatever it is. */
export function accountThere(table: Table, id: AccountId): Fragment {
  return check(table, keys.account(id), { if: THERE }, stale);
}

/** The account is open, and has the phone that it was seen with. */
export function accountKept(table: Table, seen: Seen): Fragment {
  return check(table, keys.account(seen.accountId), withPhoneKept(seen, { if: OPEN }), stale);
}

/** A browser was known to an account that has forgotten it since. */
export class BrowserForgotten extends Error {
  override readonly name = 'BrowserForgotten';
}

/**
 * It is open, and has forgotten no browser that signed in at `knownAt`. Refused with BrowserForgotten where it has, else as `accountOpen`.
 */
export function accountOpenToKnown(
  table: Table,
  id: AccountId,
  knownAt: EpochSeconds,
  refusal: Fragment['refusal'] = stale,
): Fragment {
  const condition = {
    if: `${OPEN} AND (attribute_not_exists(browsersForgottenAt) OR browsersForgottenAt < :knownAt)`,
    values: { ':knownAt': knownAt },
  };
  const open = check(table, keys.account(id), condition, (old) =>
    isOpen(old) ? new BrowserForgotten() : unlessSuspended(refusal)(old),
  );
  const hasForgotten = (old: Item | undefined) => (parseAccount(old)?.browsersForgottenAt ?? 0) >= knownAt;
  return { ...open, isRefused: (old) => !isOpen(old) || hasForgotten(old) };
}

/** It may be linked to as well: it is not frozen. */
export function accountLinkable(table: Table, seen: Seen, now: EpochSeconds): Fragment {
  const condition = withPhoneKept(seen, {
    if: `${OPEN} AND ${NOT_FROZEN}`,
    values: { ':now': now },
  });
  return check(table, keys.account(seen.accountId), condition, stale);
}

/** What becomes of an account whose sessions end: each is set where it is given. */
type Reset = Pick<Account, 'browsersForgottenAt' | 'frozenUntil' | 'keptOnlyAt' | 'keptOnlyCodeAt'>;

/**
 * What is known of browsers, freezes, and links that were sent before, is now this; the account has the phone that it was seen with.
 *
 * @param options.evenSuspended by the company: its support desk may do so then too
 */
export function accountReset(
  table: Table,
  seen: Seen,
  reset: Reset,
  { evenSuspended = false } = {},
): Fragment {
  const given = Object.entries(reset);
  return update(
    table,
    keys.account(seen.accountId),
    `SET ${given.map(([name]) => `${name} = :${name}`).join(', ')}`,
    withPhoneKept(seen, {
      if: evenSuspended ? THERE : ACTIVE,
      values: Object.fromEntries(given.map(([name, at]) => [`:${name}`, at])),
    }),
    stale,
  );
}

/** What the owner has chosen is now this, in place of what was seen; nothing is frozen, and the phone is the one that was seen. */
export function preferencesChosen(
  table: Table,
  account: Account,
  preferences: Preferences,
  now: EpochSeconds,
): Fragment {
  const { accountId, preferences: seen } = account;
  const unchanged = seen === undefined ? 'attribute_not_exists(preferences)' : 'preferences = :seen';
  return update(
    table,
    keys.account(accountId),
    'SET preferences = :preferences',
    withPhoneKept(account, {
      if: `${OPEN} AND ${NOT_FROZEN} AND ${unchanged}`,
      values: { ':preferences': preferences, ':now': now, ...(seen && { ':seen': seen }) },
    }),
    stale,
  );
}

/** Whether what is stored is still what a record was judged by: of all that a record changes nothing changes without its revision. */
function revisionIs(revision: number | undefined, condition: string): Condition {
  return revision === undefined
    ? { if: `${condition} AND attribute_not_exists(revision)` }
    : { if: `${condition} AND revision = :seen`, values: { ':seen': revision } };
}

const IS_CLOSED = 'attribute_exists(closed)';
/** Nothing of it is left to be erased. */
const IS_ERASED = `${IS_CLOSED} AND attribute_not_exists(erasing)`;

/**
 * The account is there, with what it can be signed in to with.
 *
 * @param imported fingerprint of the record it came from
 * @param before what is left of the account that was closed under this id
 */
export function accountCreated(
  table: Table,
  account: Account,
  {
    methods,
    imported,
    before,
  }: { methods: readonly Method[]; imported: string; before?: Tombstone | undefined },
): Fragment {
  const condition = before ? revisionIs(before.revision, IS_ERASED) : ABSENT;
  const named = methods.map((method) => [methodName(method.provider), method]);
  const item = { ...account, ...Object.fromEntries(named), imported };
  return put(table, keys.account(account.accountId), item, condition, stale);
}

/** What the company says of an account; what is not said any more is not there. */
const RECORDED = ['name', 'phone', 'phoneRevision', 'language', 'parentId', 'suspended', 'revision'] as const;

/** The account is what a record says, and whatever else is known of it stays. */
export function accountChanged(table: Table, seen: Account, next: Account, imported: string): Fragment {
  const given = RECORDED.filter((name) => next[name] !== undefined);
  const gone = RECORDED.filter((name) => next[name] === undefined);
  const condition = revisionIs(seen.revision, 'attribute_exists(pk) AND attribute_not_exists(closed)');
  return update(
    table,
    keys.account(seen.accountId),
    [
      `SET imported = :imported, ${given.map((name) => `#${name} = :${name}`).join(', ')}`,
      ...(gone.length > 0 ? [`REMOVE ${gone.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' '),
    {
      if: condition.if,
      names: Object.fromEntries(RECORDED.map((name) => [`#${name}`, name])),
      values: {
        ...condition.values,
        ':imported': imported,
        ...Object.fromEntries(given.map((name) => [`:${name}`, next[name]])),
      },
    },
    stale,
  );
}

/**
 * There is no such account any more, and its data is to be erased; whatever is judged by it from now on finds none.
 *
 * @param before what was there; undefined if nothing was
 */
export function accountClosed(
  table: Table,
  tombstone: Tombstone,
  before: Account | Tombstone | undefined,
): Fragment {
  const wasOpen = before !== undefined && 'name' in before;
  const condition =
    before === undefined
      ? ABSENT
      : revisionIs(before.revision, wasOpen ? 'attribute_not_exists(closed)' : IS_CLOSED);
  return put(table, keys.account(tombstone.accountId), { ...tombstone, closed: true }, condition, stale);
}

/** Still the account is closed, by this record: what is found of it is to be erased. */
export function accountStillClosed(table: Table, { accountId, revision }: Tombstone): Fragment {
  return check(table, keys.account(accountId), revisionIs(revision, IS_CLOSED), stale);
}

/** All data of a closed account is erased. */
export function accountErased(table: Table, { accountId, revision }: Tombstone): Fragment {
  return update(table, keys.account(accountId), 'REMOVE erasing', revisionIs(revision, IS_CLOSED), stale);
}

/** The method takes its place, which is still empty. */
export function methodCreated(table: Table, id: AccountId, method: Method): Fragment {
  const name = methodName(method.provider);
  const condition = { if: `${THERE} AND attribute_not_exists(${name})`, values: { ':method': method } };
  return update(table, keys.account(id), `SET ${name} = :method`, condition, stale);
}

/** The method goes, and with it every session it opened: they are read together with it. */
export function methodRemoved(table: Table, id: AccountId, method: Method): Fragment {
  return update(table, keys.account(id), `REMOVE ${methodName(method.provider)}`, asSeen(method), stale);
}

/** Another method takes the place of the one that was seen, or the same one in another state: then with an id of its own. */
export function methodReplaced(table: Table, id: AccountId, seen: Method, next: Method): Fragment {
  const condition = asSeen(seen);
  return update(
    table,
    keys.account(id),
    `SET ${methodName(next.provider)} = :method`,
    { ...condition, values: { ...condition.values, ':method': next } },
    stale,
  );
}

/** What comes back of a mail that was sent to an address, if nothing newer is known of it: then nothing is sent there any more. */
export function mailIsStopped(
  table: Table,
  id: AccountId,
  { provider, methodId }: Pick<Method, 'provider' | 'methodId'>,
  { sentAt, ...stop }: MailStop & { readonly sentAt: EpochSeconds },
): Fragment {
  const method = methodName(provider);
  const isOlder = (name: string) =>
    `(attribute_not_exists(${method}.${name}) OR ${method}.${name} < :sentAt)`;
  return update(
    table,
    keys.account(id),
    `SET ${method}.mailStopped = :stop`,
    {
      if: `${method}.methodId = :methodId AND attribute_not_exists(${method}.mailStopped) AND ${isOlder('mailProvedAt')} AND ${isOlder('since')}`,
      values: { ':methodId': methodId, ':stop': stop, ':sentAt': sentAt },
    },
    stale,
  );
}

const EMAIL = methodName('email');

/** A code that was mailed to the address has been typed: it is mailed to as before. */
export function mailProved(
  table: Table,
  id: AccountId,
  methodId: string,
  now: EpochSeconds,
  refusal: Fragment['refusal'] = stale,
): Fragment {
  return update(
    table,
    keys.account(id),
    `SET ${EMAIL}.mailProvedAt = :now REMOVE ${EMAIL}.mailStopped`,
    { if: `${EMAIL}.methodId = :methodId`, values: { ':methodId': methodId, ':now': now } },
    refusal,
  );
}

/** An address that gets no more mail is sent a code once more, so long after the last. */
export function mailTried(
  table: Table,
  id: AccountId,
  methodId: string,
  { now, refusal }: { readonly now: EpochSeconds; readonly refusal: Fragment['refusal'] },
): Fragment {
  return update(
    table,
    keys.account(id),
    `SET ${EMAIL}.mailStopped.triedAt = :now`,
    {
      if: `${EMAIL}.methodId = :methodId AND attribute_exists(${EMAIL}.mailStopped) AND (attribute_not_exists(${EMAIL}.mailStopped.triedAt) OR ${EMAIL}.mailStopped.triedAt <= :before)`,
      values: { ':methodId': methodId, ':now': now, ':before': now - RETRY_SECONDS },
    },
    refusal,
  );
}

/** Whose method it is, and which. What it is claimed by changes only with its id. */
export interface MethodRef {
  readonly accountId: AccountId;
  readonly provider: WayIn;
  readonly methodId: string;
}

/** The method is the one that was seen, and not suspended: so it opens its account. Refused with Problem `method_suspended` if it is. */
export function methodOpens(
  table: Table,
  { accountId, provider, methodId }: MethodRef,
  refusal: Fragment['refusal'],
): Fragment {
  const name = methodName(provider);
  const condition = {
    if: `${name}.methodId = :methodId AND attribute_not_exists(${name}.suspended)`,
    values: { ':methodId': methodId },
  };
  const isSuspended = (old: Item | undefined) => {
    const method = parseMethods(old).get(provider);
    return method?.methodId === methodId && method.suspended === true;
  };
  const opens = check(table, keys.account(accountId), condition, (old) =>
    isSuspended(old) ? new Problem('method_suspended') : refusal(old),
  );
  return { ...opens, isRefused: isSuspended };
}

/** The method is still the one that was seen: what it opened is still open, and what it was claimed by is still claimed. */
export function methodKept(
  table: Table,
  { accountId: id, provider, methodId }: MethodRef,
  refusal: Fragment['refusal'] = stale,
): Fragment {
  const condition = { if: `${methodName(provider)}.methodId = :methodId`, values: { ':methodId': methodId } };
  return check(table, keys.account(id), condition, refusal);
}

/** Still nothing is linked at this provider. */
export function methodStillAbsent(table: Table, id: AccountId, provider: WayIn): Fragment {
  return check(table, keys.account(id), { if: `attribute_not_exists(${methodName(provider)})` }, stale);
}

/** The method is called this now, and has these subjects more, such as a unionid that there was none of before. */
export function methodRenamed(
  table: Table,
  id: AccountId,
  { provider, methodId, display }: Pick<Method, 'provider' | 'methodId' | 'display'>,
  added: readonly Subject[],
): Fragment {
  const method = methodName(provider);
  const values = added.map((subject, index) => [`:subject${index}`, subject] as const);
  const withAdded = added.length > 0 ? `, ${method}.subjects = list_append(${method}.subjects, :added)` : '';
  return update(
    table,
    keys.account(id),
    `SET ${method}.display = :display${withAdded}`,
    {
      if: [
        `${method}.methodId = :methodId`,
        ...values.map(([name]) => `NOT contains(${method}.subjects, ${name})`),
      ].join(' AND '),
      values: {
        ':methodId': methodId,
        ':display': display,
        ...(added.length > 0 && { ':added': added }),
        ...Object.fromEntries(values),
      },
    },
    stale,
  );
}

/** Also what is known of the address: another method in its place would otherwise lose what came of a mail by then. */
function asSeen({ provider, methodId, subjects, mailStopped, mailProvedAt }: Method) {
  const seen = Object.entries({ methodId, subjects, mailStopped, mailProvedAt });
  const given = seen.filter(([, value]) => value !== undefined);
  const path = (name: string) => `${methodName(provider)}.${name}`;
  return {
    if: seen
      .map(([name, value]) =>
        value === undefined ? `attribute_not_exists(${path(name)})` : `${path(name)} = :${name}`,
      )
      .join(' AND '),
    values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
  };
}
