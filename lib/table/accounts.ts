import * as z from 'zod/mini';
import type { Account, AccountId, Method } from '../linking/account.ts';
import { type Subject, WAYS_IN, type WayIn } from '../linking/identity.ts';
import { LANGUAGES } from '../linking/language.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import {
  ABSENT,
  check,
  type Fragment,
  type Item,
  put,
  readItems,
  remove,
  stale,
  type Table,
  update,
} from './client.ts';
import { keys } from './keys.ts';

const accountSchema = z.object({
  accountId: z.string().check(z.minLength(1)),
  name: z.string(),
  phone: z.optional(z.string()),
  parentId: z.optional(z.string()),
  language: z.optional(z.enum(LANGUAGES)),
  frozenUntil: z.optional(z.int()),
  browsersForgottenAt: z.optional(z.int()),
  keptOnlyAt: z.optional(z.int()),
  keptOnlyCodeAt: z.optional(z.int()),
});

export function parseAccount(item: Item): Account {
  return accountSchema.parse(item) as unknown as Account;
}

/** @returns undefined if there is none */
export async function readAccount(table: Table, id: AccountId): Promise<Account | undefined> {
  const key = keys.account(id);
  const item = (await readItems(table, [key])).get(key);
  return item && parseAccount(item);
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
});

export function parseMethod(item: Item): Method {
  return methodSchema.parse(item) as unknown as Method;
}

/** @returns undefined if the account has none at this provider */
export async function readMethod(table: Table, id: AccountId, provider: WayIn): Promise<Method | undefined> {
  const key = keys.method(id, provider);
  const item = (await readItems(table, [key])).get(key);
  return item && parseMethod(item);
}

/** An account, and what the company's own login is to it; undefined what there is not. */
export async function readForOwnLogin(
  table: Table,
  id: AccountId,
): Promise<{ readonly account: Account | undefined; readonly method: Method | undefined }> {
  const [accountKey, methodKey] = [keys.account(id), keys.method(id, 'assertion')];
  const items = await readItems(table, [accountKey, methodKey]);
  const [account, method] = [items.get(accountKey), items.get(methodKey)];
  return { account: account && parseAccount(account), method: method && parseMethod(method) };
}

const OPEN = 'attribute_exists(pk) AND attribute_not_exists(parentId)';

/** The account exists and is no sub-account, so it may be signed in to. */
export function accountOpen(table: Table, id: AccountId, refusal: Fragment['refusal'] = stale): Fragment {
  return check(table, keys.account(id), { if: OPEN }, refusal);
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
  return check(table, keys.account(id), condition, (old) =>
    old !== undefined && parseAccount(old).parentId === undefined ? new BrowserForgotten() : refusal(old),
  );
}

/** It may be linked to as well: it is not frozen. */
export function accountLinkable(table: Table, id: AccountId, now: EpochSeconds): Fragment {
  const condition = {
    if: `${OPEN} AND (attribute_not_exists(frozenUntil) OR frozenUntil <= :now)`,
    values: { ':now': now },
  };
  return check(table, keys.account(id), condition, stale);
}

/** What becomes of an account whose sessions end: each is set where it is given. */
type Reset = Pick<Account, 'browsersForgottenAt' | 'frozenUntil' | 'keptOnlyAt' | 'keptOnlyCodeAt'>;

/** What is known of browsers, freezes, and links that were sent before, is now this. */
export function accountReset(table: Table, id: AccountId, reset: Reset): Fragment {
  const given = Object.entries(reset);
  return update(
    table,
    keys.account(id),
    `SET ${given.map(([name]) => `${name} = :${name}`).join(', ')}`,
    { if: 'attribute_exists(pk)', values: Object.fromEntries(given.map(([name, at]) => [`:${name}`, at])) },
    stale,
  );
}

/** @param imported fingerprint of the line it came from */
export function accountCreated(table: Table, account: Account, imported: string): Fragment {
  return put(table, keys.account(account.accountId), { ...account, imported }, ABSENT, stale);
}

/** The method takes its place, which is still empty. */
export function methodCreated(table: Table, id: AccountId, method: Method): Fragment {
  return put(table, keys.method(id, method.provider), { ...method }, ABSENT, stale);
}

/** The method goes, and with it every session it opened: they are read together with it. */
export function methodRemoved(table: Table, id: AccountId, method: Method): Fragment {
  return remove(table, keys.method(id, method.provider), asSeen(method), stale);
}

/** Another method takes the place of the one that was seen, or the same one in another state: then with an id of its own. */
export function methodReplaced(table: Table, id: AccountId, seen: Method, next: Method): Fragment {
  return put(table, keys.method(id, next.provider), { ...next }, asSeen(seen), stale);
}

/** The method is still the one that was seen: what it opened is still open. */
export function methodKept(table: Table, id: AccountId, provider: WayIn, methodId: string): Fragment {
  const condition = { if: 'methodId = :methodId', values: { ':methodId': methodId } };
  return check(table, keys.method(id, provider), condition, stale);
}

/** Still nothing is linked at this provider. */
export function methodStillAbsent(table: Table, id: AccountId, provider: WayIn): Fragment {
  return check(table, keys.method(id, provider), ABSENT, stale);
}

/** The method is called this now, and has these subjects more, such as a unionid that there was none of before. */
export function methodRenamed(
  table: Table,
  id: AccountId,
  { provider, methodId, display }: Pick<Method, 'provider' | 'methodId' | 'display'>,
  added: readonly Subject[],
): Fragment {
  const values = added.map((subject, index) => [`:subject${index}`, subject] as const);
  return update(
    table,
    keys.method(id, provider),
    `SET display = :display${added.length > 0 ? ', subjects = list_append(subjects, :added)' : ''}`,
    {
      if: ['methodId = :methodId', ...values.map(([name]) => `NOT contains(subjects, ${name})`)].join(
        ' AND ',
      ),
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

function asSeen({ methodId, subjects }: Method) {
  return {
    if: 'methodId = :methodId AND subjects = :subjects',
    values: { ':methodId': methodId, ':subjects': subjects },
  };
}
