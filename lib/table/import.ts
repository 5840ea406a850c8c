import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Account, AccountId, Method } from '../linking/account.ts';
import { parseEmail } from '../linking/email.ts';
import { emailSubject, PROVIDERS, type Provider, type Relation, type Subject } from '../linking/identity.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { newId, type Randomness, systemRandomness } from '../linking/secrets.ts';
import { ACCOUNT_ID } from '../linking/session.ts';
import { accountCreated, methodCreated } from './accounts.ts';
import { subjectsClaimed } from './claims.ts';
import { commit, readItems, type Table } from './client.ts';
import { keys } from './keys.ts';
import { retryWhenStale } from './views.ts';

/** An account of the company's account system, as one line of an import has it. */
export interface AccountRecord {
  readonly account: Account;
  /** The registered one first. */
  readonly methods: readonly ImportedMethod[];
}

type ImportedMethod = Pick<Method, 'provider' | 'relation' | 'display'> & { readonly subject: Subject };

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
  registered: methodSchema,
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

/** Parses one line of an import. What is wrong is said by member, never by value: reasons end up in logs. */
export function parseAccountRecord(json: unknown): { readonly record: AccountRecord } | Rejection {
  const result = recordSchema.safeParse(json);
  if (!result.success) {
    const reasons = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the line'}: ${message}`,
    );
    return { rejected: reasons.join('; ') };
  }
  const { accountId, name, phone, parentId, registered, links } = result.data;
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
    });
  }
  const account: Account = {
    accountId: accountId as AccountId,
    name,
    ...(phone && { phone: phone as PhoneNumber }),
    ...(parentId && { parentId: parentId as AccountId }),
  };
  return { record: { account, methods } };
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
    now = Math.floor(Date.now() / 1000),
    random = systemRandomness,
  }: { now?: EpochSeconds; random?: Randomness } = {},
): Promise<'added' | 'unchanged' | Rejection> {
  const { account, methods } = record;
  const { accountId } = account;
  const key = keys.account(accountId);
  const imported = fingerprint(record);
  try {
    return await retryWhenStale(table, async () => {
      const found = (await readItems(table, [key])).get(key);
      if (found !== undefined) {
        const isSame = found['imported'] === imported;
        return isSame ? 'unchanged' : { rejected: 'the account is there already, with other data' };
      }
      await commit(table, [
        accountCreated(table, account, imported),
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
      methodCreated(table, accountId, { ...method, methodId, subjects: [subject], since: now }),
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

/** Tells a line that was imported as it is from one that has changed, whatever has become of the account since. */
function fingerprint({ account, methods }: AccountRecord): string {
  const { accountId, name, phone, parentId } = account;
  const ways = methods.map(({ provider, relation, subject, display }) => [
    provider,
    relation,
    subject,
    display,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([accountId, name, phone, parentId, ways]))
    .digest('base64url');
}
