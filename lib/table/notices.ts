import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Account, AccountId, Method } from '../linking/account.ts';
import type { Challenge } from '../linking/challenge.ts';
import type { Channel } from '../linking/channel.ts';
import { PROVIDERS, type Provider } from '../linking/identity.ts';
import { NOTICE_TYPES, type Notice, type NoticeRef } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { methodSchema, parseAccount, parseMethod } from './accounts.ts';
import { parseChallenge } from './challenges.ts';
import {
  ABSENT,
  check,
  type Fragment,
  type Item,
  put,
  readItems,
  stale,
  type Table,
  update,
} from './client.ts';
import { isNoticeKey, type Key, keys } from './keys.ts';

const noticeSchema = z.object({
  noticeId: z.string(),
  accountId: z.string(),
  type: z.enum(NOTICE_TYPES),
  provider: z.enum(PROVIDERS),
  display: z.string(),
  at: z.string(),
  ip: z.string(),
  device: z.string(),
  destinations: z.optional(z.array(z.object({ by: z.enum(['mail', 'sms']), to: z.string() }))),
  before: z.optional(methodSchema),
  after: z.optional(methodSchema),
  expiresAt: z.int(),
  confirmedAt: z.optional(z.int()),
  restoredAt: z.optional(z.int()),
});

/** Whether an item of the table's stream is a notice. */
export const isNotice = (item: Item): boolean => isNoticeKey(item);

export function parseNotice(item: Item): Notice {
  return noticeSchema.parse(item) as unknown as Notice;
}

/** Written with what it is about; the table's stream sees it, and the owner is notified. */
export function noticeCreated(table: Table, notice: Notice): Fragment {
  return put(table, keys.notice(notice.accountId, notice.noticeId), { ...notice }, ABSENT, stale);
}

/** The link's holder has said that it was not them: once. */
export function noticeConfirmed(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Fragment {
  return update(
    table,
    keys.notice(accountId, noticeId),
    'SET confirmedAt = :now',
    { if: 'attribute_not_exists(confirmedAt) AND expiresAt > :now', values: { ':now': now } },
    stale,
  );
}

const RESTORABLE = 'attribute_exists(confirmedAt) AND attribute_not_exists(restoredAt) AND expiresAt > :now';

/** The link's holder has said that it was not them, and what was before is not restored. */
export function noticeRestorable(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Fragment {
  const condition = { if: RESTORABLE, values: { ':now': now } };
  return check(table, keys.notice(accountId, noticeId), condition, stale);
}

/** What was before is restored: once. */
export function noticeRestored(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Fragment {
  const condition = { if: RESTORABLE, values: { ':now': now } };
  return update(table, keys.notice(accountId, noticeId), 'SET restoredAt = :now', condition, stale);
}

/** What a link in a message is judged by. */
export interface NoticeView {
  readonly notice: Notice;
  readonly account: Account;
  readonly methods: ReadonlyMap<Provider, Method>;
  /** Of the code by SMS that restoring takes. */
  readonly challenge: Challenge;
}

async function readWithAccount(table: Table, id: AccountId, more: readonly Key[]) {
  const accountKey = keys.account(id);
  const methodKeys = PROVIDERS.map((provider) => keys.method(id, provider));
  const items = await readItems(table, [accountKey, ...methodKeys, ...more]);
  const item = items.get(accountKey);
  const methods = methodKeys.flatMap((key) => {
    const found = items.get(key);
    return found ? [parseMethod(found)] : [];
  });
  return {
    items,
    account: item && parseAccount(item),
    methods: new Map(methods.map((method) => [method.provider, method])),
  };
}

/** @returns undefined if the notice or its account is gone, or its time has passed */
export async function readNotice(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Promise<NoticeView | undefined> {
  const [noticeKey, challengeKey] = [keys.notice(accountId, noticeId), keys.challenge(accountId, 'restore')];
  const { items, account, methods } = await readWithAccount(table, accountId, [noticeKey, challengeKey]);
  const item = items.get(noticeKey);
  if (item === undefined || account === undefined || account.parentId !== undefined) return undefined;
  const notice = parseNotice(item);
  if (notice.expiresAt <= now) return undefined;
  return { notice, account, methods, challenge: parseChallenge(items.get(challengeKey)) };
}

/** One thing to be done about a notice. */
export type NotificationStep = Channel | 'event' | 'count';

const doneName = (step: NotificationStep) => `done_${step}`;

/** A notice, and what was done about it when its record was delivered before. */
export async function readNotification(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Promise<
  (Omit<NoticeView, 'challenge'> & { readonly isDone: (step: NotificationStep) => boolean }) | undefined
> {
  const key = keys.notice(accountId, noticeId);
  const { items, account, methods } = await readWithAccount(table, accountId, [key]);
  const item = items.get(key);
  if (item === undefined || account === undefined) return undefined;
  const notice = parseNotice(item);
  if (notice.expiresAt <= now) return undefined;
  return { notice, account, methods, isDone: (step) => item[doneName(step)] !== undefined };
}

/** So that a record that is delivered again notifies nobody twice. */
export async function markDone(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  step: NotificationStep,
  now: EpochSeconds,
): Promise<void> {
  await table.documents.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keys.notice(accountId, noticeId),
      UpdateExpression: 'SET #done = :now',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#done': doneName(step) },
      ExpressionAttributeValues: { ':now': now },
    }),
  );
}
