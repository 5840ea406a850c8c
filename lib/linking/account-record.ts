import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { ACCOUNT_STATUSES, type Account, type AccountId, type IdentityMethod } from './account.ts';
import { parseEmail } from './email.ts';
import { emailSubject, PROVIDERS, type Provider, type Subject } from './identity.ts';
import { describeIssue } from './issues.ts';
import { LANGUAGES } from './language.ts';
import type { PhoneNumber } from './phone.ts';
import { type EpochSeconds, epochSeconds } from './rules.ts';
import { ACCOUNT_ID } from './session.ts';
import { cleanText } from './text.ts';

interface AnyRecord {
  readonly accountId: AccountId;
  /** Of two records of an account the one with the higher revision counts, in whatever order they come. 0 where a record has none. */
  readonly revision: number;
}

/** An account of the company's account system, as a line of an import or an `account.changed` event has it. */
export interface OpenRecord extends AnyRecord {
  readonly status: 'active' | 'suspended';
  readonly account: Account;
  /** The registered one first. */
  readonly methods: readonly [RecordedMethod, ...RecordedMethod[]];
  /** Tells a record that was applied as it is from another one of the same revision, whatever has become of the account since. */
  readonly fingerprint: string;
}

/** An account that there is no more: what else a record says of it is not even read. */
export interface ClosedRecord extends AnyRecord {
  readonly status: 'closed';
}

export type AccountRecord = OpenRecord | ClosedRecord;

export type RecordedMethod = Pick<IdentityMethod, 'provider' | 'relation' | 'display' | 'since'> & {
  readonly subject: Subject;
};

/** Why a record can't be applied. It says so by member, never by value: reasons end up in logs. */
export interface Rejection {
  readonly rejected: string;
  /** What is in the way of it, where something is that is stored. */
  readonly because?: 'same_revision' | 'parent_unknown' | IdentityConflict;
}

/** An identity of the record belongs to another account. */
export interface IdentityConflict {
  readonly provider: Provider;
  readonly ownerId: AccountId;
}

const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
/** What becomes part of a key: a unionid, or `appid:openid`. */
const OAUTH_SUBJECT = /^(?:[A-Za-z0-9_-]{1,128}:)?[\x21-\x22\x24-\x39\x3b-\x7e]{1,128}$/;

const methodSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  subject: text(320).check(
    z.describe('The address, the unionid, or `appid:openid` where there is no unionid.'),
  ),
  display: z.nullish(
    text(128).check(z.describe('The nickname; of an email nothing but its address is shown.')),
  ),
});

const members = {
  accountId: z.string().check(z.regex(ACCOUNT_ID, 'must be 1 to 64 letters, digits, _ or -')),
  revision: z.nullish(
    z.int().check(z.gte(0), z.describe('Higher with each change of the account; 0 where there is none.')),
  ),
  name: text(128),
  phone: z.nullish(
    z
      .e164('must be a number such as +8613800138001, or null')
      .check(z.describe('E.164. Without one the account can’t change links.')),
  ),
  language: z.nullish(z.enum(LANGUAGES, `must be ${LANGUAGES.join(', ')} or null`)),
  registered: methodSchema,
  registeredAt: z.nullish(
    z.union(
      [z.iso.datetime({ offset: true }), z.iso.date()],
      'must be ISO 8601 with its time zone, such as 2024-05-06T07:08:09Z, a date, or null',
    ),
  ),
  links: z._default(
    z.array(methodSchema).check(z.describe('What else signs in. Counts where the account is new.')),
    [],
  ),
  parentId: z.nullish(
    z.string().check(z.regex(ACCOUNT_ID), z.describe('The account that this one is a sub-account of.')),
  ),
};

const STATUS_MESSAGE = `must be ${ACCOUNT_STATUSES.join(', ')} or null`;

/** What is told of an account that is there. */
const recordSchema = z.strictObject({
  ...members,
  status: z.nullish(z.enum(['active', 'suspended'], STATUS_MESSAGE)),
});

/** Of an account that is closed nobody need tell more than that. */
const closedSchema = z.strictObject({
  ...members,
  status: z.literal('closed'),
  name: z.nullish(members.name),
  registered: z.nullish(members.registered),
});

/** What may be told of an account, as docs/events has it for those who tell it. */
export const accountRecordSchema = z.union([recordSchema, closedSchema]);

/** What an identity is called at a provider, in its one form. @returns undefined if it can't be one */
export function parseSubject(provider: Provider, subject: string): Subject | undefined {
  if (provider === 'email') {
    const address = parseEmail(subject);
    return address && emailSubject(address);
  }
  return OAUTH_SUBJECT.test(subject) ? (subject as Subject) : undefined;
}

type Given = z.infer<typeof recordSchema>;

/** One method, shown as the record says. */
function readMethod(
  { provider, subject, display }: Given['registered'],
  relation: RecordedMethod['relation'],
  where: string,
): RecordedMethod | Rejection {
  const parsed = parseSubject(provider, subject);
  if (parsed === undefined) return { rejected: `${where}.subject: is no subject of ${provider}` };
  const shown = provider === 'email' ? parsed : (display ?? provider);
  return { provider, subject: parsed, display: shown, relation };
}

/** The methods of a record, each shown as the record says. */
function readMethods({ registered, registeredAt, links }: Given): OpenRecord['methods'] | Rejection {
  const first = readMethod(registered, 'registered', 'registered');
  if ('rejected' in first) return first;
  const since = registeredAt ? { since: epochSeconds(() => Date.parse(registeredAt)) } : {};
  const methods: [RecordedMethod, ...RecordedMethod[]] = [{ ...first, ...since }];
  for (const [index, link] of links.entries()) {
    const where = `links.${index}`;
    const method = readMethod(link, 'linked', where);
    if ('rejected' in method) return method;
    if (methods.some(({ provider }) => provider === method.provider))
      return { rejected: `${where}.provider: an account has one method a provider` };
    methods.push(method);
  }
  return methods;
}

const cleanMethod = (method: RecordedMethod): RecordedMethod => ({
  ...method,
  display: cleanText(method.display) || method.provider,
});

/** Named where it looks like a name: what is written in place of one may be somebody's. */
const describeKey = (key: string): string => (/^[A-Za-z_][\w-]{0,39}$/.test(key) ? key : 'a member');

function describeIssues(issues: readonly z.core.$ZodIssue[]): Rejection {
  const reasons = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${[...issue.path, describeKey(key)].join('.')}: is not known`)
      : [`${issue.path.join('.') || 'the line'}: ${issue.message}`],
  );
  return { rejected: reasons.join('; ') };
}

/** Whether it says so: what else is asked of a record depends on it. */
function saysClosed(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'status' in json && json.status === 'closed';
}

function parseClosed(json: unknown): { readonly record: ClosedRecord } | Rejection {
  const result = closedSchema.safeParse(json, { error: describeIssue });
  if (!result.success) return describeIssues(result.error.issues);
  const { accountId, revision } = result.data;
  return { record: { accountId: accountId as AccountId, revision: revision ?? 0, status: 'closed' } };
}

/**
 * Parses what a line of an import, or the `detail` of an event, says of an account.
 *
 * @param now what is registered was registered before
 */
export function parseAccountRecord(
  json: unknown,
  now: EpochSeconds = epochSeconds(Date.now),
): { readonly record: AccountRecord } | Rejection {
  if (saysClosed(json)) return parseClosed(json);
  const result = recordSchema.safeParse(json, { error: describeIssue });
  if (!result.success) return describeIssues(result.error.issues);
  const { name, phone, language, parentId, revision } = result.data;
  const accountId = result.data.accountId as AccountId;
  const status = result.data.status === 'suspended' ? 'suspended' : 'active';
  if (parentId === accountId) return { rejected: 'parentId: is the account itself' };
  const methods = readMethods(result.data);
  if ('rejected' in methods) return methods;
  if (methods.some(({ since = now }) => since > now)) return { rejected: 'registeredAt: is in the future' };
  const account: Account = {
    accountId,
    name,
    ...(phone && { phone: phone as PhoneNumber }),
    ...(language && { language }),
    ...(parentId && { parentId: parentId as AccountId }),
    ...(revision && { revision }),
    ...(status === 'suspended' && { suspended: true }),
  };
  const [registered, ...links] = methods;
  const cleaned = { ...account, name: cleanText(name) };
  if (cleaned.name === '') return { rejected: 'name: has nothing that can be seen' };
  return {
    record: {
      accountId,
      revision: revision ?? 0,
      status,
      account: cleaned,
      methods: [cleanMethod(registered), ...links.map(cleanMethod)],
      fingerprint: fingerprint(account, methods),
    },
  };
}

/**
 * Of what the record says, before it is cleaned. One without a language, a date and a status has the fingerprint of the time before there
 * were any.
 */
function fingerprint(account: Account, methods: readonly RecordedMethod[]): string {
  const { accountId, name, phone, language, parentId, suspended } = account;
  const ways = methods.map(({ provider, relation, subject, display, since }) => [
    provider,
    relation,
    subject,
    display,
    ...(since === undefined ? [] : [since]),
  ]);
  const said = [accountId, name, phone, parentId, ways, ...(language ? [language] : [])];
  const stated = suspended ? [...said, 'suspended'] : said;
  return createHash('sha256').update(JSON.stringify(stated)).digest('base64url');
}
