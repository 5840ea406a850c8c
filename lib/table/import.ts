import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Account, AccountId, IdentityMethod } from '../linking/account.ts';
import { parseEmail } from '../linking/email.ts';
import { emailSubject, PROVIDERS, type Provider, type Relation, type Subject } from '../linking/identity.ts';
import { LANGUAGES } from '../linking/language.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { newId, type Randomness, systemRandomness } from '../linking/secrets.ts';
import { ACCOUNT_ID } from '../linking/session.ts';
import { cleanText } from '../linking/text.ts';
import { accountCreated, accountOpen, methodCreated, parseAccount } from './accounts.ts';
import { subjectsClaimed } from './claims.ts';
import { commit, type Item, readItems, type Table } from './client.ts';
import { keys } from './keys.ts';
import { retryWhenStale } from './views.ts';

/** An account of the company's account system, as one line of an import has it. */
export interface AccountRecord {
  readonly account: Account;
  /** The registered one first. */
  readonly methods: readonly ImportedMethod[];
  /** Tells a line that was imported as it is from one that has changed, whatever has become of the account since. */
  readonly fingerprint: string;
}

type ImportedMethod = Pick<IdentityMethod, 'provider' | 'relation' | 'display' | 'since'> & {
  readonly subject: Subject;
};

export type Rejection = { readonly rejected: string };

const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
/** What becomes part of a key: a unionid, or `appid:openid`. */
const OAUTH_SUBJECT = /^(?:[A-Za-z0-9_-]{1,128}:)?[\x21-\x22\x24-\x39\x3b-\x7e]{1,128}$/;

const methodSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  subject: text(320),
  display: z.nullish(text(128)),
});

const recordSchema = z.strictObject({
  accountId: z.string().check(z.regex(ACCOUNT_ID, 'must be 1 to 64 letters, digits, _ or -')),
  name: text(128),
  phone: z.nullish(z.e164('must be a number such as +8613800138001, or null')),
  language: z.nullish(z.enum(LANGUAGES, `must be ${LANGUAGES.join(', ')} or null`)),
  registered: methodSchema,
  registeredAt: z.nullish(
    z.union(
      [z.iso.datetime({ offset: true }), z.iso.date()],
      'must be ISO 8601 with its time zone, such as 2024-05-06T07:08:09Z, a date, or null',
    ),
  ),
  links: z._default(z.array(methodSchema), []),
  parentId: z.nullish(z.string().check(z.regex(ACCOUNT_ID))),
});

function parseSubject(provider: Provider, subject: string): Subject | undefined {
  if (provider === 'email') {
    const address = parseEmail(subject);
    return address && emailSubject(address);
  }
  return OAUTH_SUBJECT.test(subject) ? (subject as Subject) : undefined;
}

/** The methods of a line, each shown as the line says. */
function readMethods({
  registered,
  registeredAt,
  links,
}: z.infer<typeof recordSchema>): ImportedMethod[] | Rejection {
  const methods: ImportedMethod[] = [];
  for (const [index, { provider, subject, display }] of [registered, ...links].entries()) {
    const where = index === 0 ? 'registered' : `links.${index - 1}`;
    const parsed = parseSubject(provider, subject);
    if (parsed === undefined) return { rejected: `${where}.subject: is no subject of ${provider}` };
    if (methods.some((method) => method.provider === provider))
      return { rejected: `${where}.provider: an account has one method a provider` };
    const shown = provider === 'email' ? parsed : (display ?? provider);
    methods.push({
      provider,
      subject: parsed,
      display: shown,
      relation: index === 0 ? 'registered' : 'linked',
      ...(index === 0 && registeredAt && { since: epochSeconds(() => Date.parse(registeredAt)) }),
    });
  }
  return methods;
}

const cleanMethod = (method: ImportedMethod): ImportedMethod => ({
  ...method,
  display: cleanText(method.display) || method.provider,
});

/** Parses one line of an import. What is wrong is said by member, never by value: reasons end up in logs. */
export function parseAccountRecord(
  json: unknown,
  now: EpochSeconds = epochSeconds(Date.now),
): { readonly record: AccountRecord } | Rejection {
  const result = recordSchema.safeParse(json);
  if (!result.success) {
    const reasons = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the line'}: ${message}`,
    );
    return { rejected: reasons.join('; ') };
  }
  const { accountId, name, phone, language, parentId } = result.data;
  if (parentId === accountId) return { rejected: 'parentId: is the account itself' };
  const methods = readMethods(result.data);
  if ('rejected' in methods) return methods;
  if (methods.some(({ since = now }) => since > now)) return { rejected: 'registeredAt: is in the future' };
  const account: Account = {
    accountId: accountId as AccountId,
    name,
    ...(phone && { phone: phone as PhoneNumber }),
    ...(language && { language }),
    ...(parentId && { parentId: parentId as AccountId }),
  };
  const cleaned = { account: { ...account, name: cleanText(name) }, methods: methods.map(cleanMethod) };
  if (cleaned.account.name === '') return { rejected: 'name: has nothing that can be seen' };
  return { record: { ...cleaned, fingerprint: fingerprint(account, methods) } };
}

class IdentityTaken extends Error {
  override readonly name = 'IdentityTaken';
}

/**
 * Adds an account whole, with everything it can sign in with, or not at all. Where it is there already it is left as it is:
 * what its owner has linked or unlinked since is no difference.
 */
export async function importAccount(
  table: Table,
  record: AccountRecord,
  {
    now = epochSeconds(Date.now),
    random = systemRandomness,
  }: { now?: EpochSeconds; random?: Randomness } = {},
): Promise<'added' | 'unchanged' | Rejection> {
  const { account, methods, fingerprint: imported } = record;
  const { accountId, parentId } = account;
  const key = keys.account(accountId);
  const parentKey = parentId && keys.account(parentId);
  try {
    return await retryWhenStale(table, async () => {
      const items = await readItems(table, [key, ...(parentKey ? [parentKey] : [])]);
      const found = items.get(key);
      if (found !== undefined) {
        const isSame = found['imported'] === imported;
        return isSame ? 'unchanged' : { rejected: 'the account is there already, with other data' };
      }
      const refusal = parentKey && refuseParent(items.get(parentKey));
      if (refusal) return refusal;
      await commit(table, [
        accountCreated(table, account, imported),
        ...(parentId ? [accountOpen(table, parentId)] : []),
        ...methods.flatMap((method) => creation(method)),
      ]);
      return 'added';
    });
  } catch (error) {
    if (error instanceof IdentityTaken) return { rejected: error.message };
    throw error;
  }

  function creation({ subject, ...method }: ImportedMethod) {
    const { provider } = method;
    const methodId = newId(random);
    const relation: Relation = account.parentId === undefined ? method.relation : 'sub_account';
    return [
      methodCreated(table, accountId, {
        ...(method.relation === 'linked' && { since: now }),
        ...method,
        methodId,
        subjects: [subject],
        imported: true,
      }),
      ...subjectsClaimed(
        table,
        provider,
        [subject],
        { accountId, relation, methodId },
        {
          now,
          refusal: () => new IdentityTaken(`the ${provider} of the line belongs to another account`),
        },
      ),
    ];
  }
}

/** What is wrong with the account that is to be a parent. */
function refuseParent(parent: Item | undefined): Rejection | undefined {
  if (parent === undefined)
    return { rejected: 'parentId: there is no such account; a parent comes before its sub-accounts' };
  if (parseAccount(parent).parentId !== undefined) return { rejected: 'parentId: is a sub-account itself' };
  return undefined;
}

/** Of what the line says, before it is cleaned. A line without a language or a date has the fingerprint of the time before there were any. */
function fingerprint(account: Account, methods: readonly ImportedMethod[]): string {
  const { accountId, name, phone, language, parentId } = account;
  const ways = methods.map(({ provider, relation, subject, display, since }) => [
    provider,
    relation,
    subject,
    display,
    ...(since === undefined ? [] : [since]),
  ]);
  const said = [accountId, name, phone, parentId, ways, ...(language ? [language] : [])];
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}
