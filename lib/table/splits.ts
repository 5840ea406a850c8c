import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import { OAUTH_PROVIDERS, type OAuthProviderName, type Provider, type Subject } from '../linking/identity.ts';
import { DAY_SECONDS, type EpochSeconds } from '../linking/rules.ts';
import { type Claim, readOwnership } from './claims.ts';
import { type Fragment, type Item, readItems, stale, type Table } from './client.ts';
import { keys } from './keys.ts';

/*
 * A person is split whose openid and unionid belong to different accounts. That is seen only when the person comes and the provider names both;
 * each account then keeps which of its own subjects those are, and which the other accounts: never what is the others', so that an account's
 * data is gone once the account is.
 */

const KEPT_SECONDS = 180 * DAY_SECONDS;

const markSchema = z.object({
  provider: z.enum(OAUTH_PROVIDERS),
  subjects: z.array(z.string()),
  others: z.array(z.string()),
  seenAt: z.int(),
  expiresAt: z.int(),
});

/** What one account keeps of a split. */
export interface SplitMark {
  readonly provider: OAuthProviderName;
  /** Those of its own. */
  readonly subjects: readonly Subject[];
  readonly others: readonly AccountId[];
  readonly seenAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

export const parseSplitMark = (item: Item): SplitMark => markSchema.parse(item) as unknown as SplitMark;

/** Each of the accounts has it that the person is split between them. For a transaction that sees to it that they are there. */
export function splitMarked(
  table: Table,
  provider: OAuthProviderName,
  claims: ReadonlyMap<Subject, Pick<Claim, 'accountId'>>,
  now: EpochSeconds,
): Fragment[] {
  const bySubject = [...claims];
  const ids = [...new Set(bySubject.map(([, { accountId }]) => accountId))];
  return ids.map((id) => {
    const mark: SplitMark = {
      provider,
      subjects: bySubject.flatMap(([subject, { accountId }]) => (accountId === id ? [subject] : [])),
      others: ids.filter((other) => other !== id),
      seenAt: now,
      expiresAt: now + KEPT_SECONDS,
    };
    const Item = { ...mark, ...keys.split(id, provider) };
    return { write: { Put: { TableName: table.name, Item } }, refusal: stale };
  });
}

/** None of these accounts has it any more that the person is split. */
export function splitForgotten(table: Table, provider: Provider, ids: readonly AccountId[]): Fragment[] {
  return ids.map((id) => ({
    write: { Delete: { TableName: table.name, Key: keys.split(id, provider) } },
    refusal: stale,
  }));
}

/** A person that is split, still: what is whose. */
export interface Split {
  readonly provider: OAuthProviderName;
  readonly seenAt: EpochSeconds;
  readonly claims: readonly (Claim & { readonly subject: Subject })[];
}

/**
 * Whether a person that was found to be split between an account and others still is; two round trips.
 *
 * @returns undefined if not: it was released or unlinked since, or an account is gone
 */
export async function readSplit(
  table: Table,
  { provider, subjects, others, seenAt, expiresAt }: SplitMark,
  now: EpochSeconds,
): Promise<Split | undefined> {
  if (expiresAt <= now) return undefined;
  const markKeys = others.map((id) => keys.split(id, provider));
  const items = await readItems(table, markKeys);
  const theirs = markKeys.flatMap((key) => {
    const item = items.get(key);
    return item ? parseSplitMark(item).subjects : [];
  });
  const { claims } = await readOwnership(table, provider, [...subjects, ...theirs]);
  const owners = new Set([...claims.values()].map(({ accountId }) => accountId));
  if (owners.size < 2) return undefined;
  return { provider, seenAt, claims: [...claims].map(([subject, claim]) => ({ ...claim, subject })) };
}
