import * as z from 'zod/mini';
import type { Account, AccountId, Method } from '../linking/account.ts';
import { type Challenge, checkedBy } from '../linking/challenge.ts';
import type { Channel } from '../linking/channel.ts';
import type { EmailAddress } from '../linking/email.ts';
import { WAYS_IN, type WayIn } from '../linking/identity.ts';
import { LANGUAGES } from '../linking/language.ts';
import {
  NOTICE_GROUPS,
  type Notice,
  type NoticeRef,
  noticeIdStart,
  restoreName,
  type UndoLink,
} from '../linking/notice.ts';
import { NOTICE_TYPES } from '../linking/notice-types.ts';
import { Problem } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, UNDO_SECONDS } from '../linking/rules.ts';
import { methodSchema, parseAccount, parseMethods } from './accounts.ts';
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
  provider: z.enum(WAYS_IN),
  display: z.string(),
  at: z.string(),
  ip: z.string(),
  device: z.string(),
  destinations: z.optional(
    z.array(z.object({ by: z.enum(['mail', 'sms']), to: z.string(), link: z.boolean() })),
  ),
  phoneOnly: z.optional(z.literal(true)),
  before: z.optional(methodSchema),
  after: z.optional(methodSchema),
  subjects: z.optional(z.array(z.string())),
  isAttempt: z.optional(z.literal(true)),
  byOperator: z.optional(z.literal(true)),
  isSuccessor: z.optional(z.literal(true)),
  generation: z.optional(z.int()),
  languageBefore: z.optional(z.nullable(z.enum(LANGUAGES))),
  bySession: z.optional(z.string()),
  expiresAt: z.int(),
  mailedTo: z.optional(z.string()),
  phoneRevision: z.optional(z.int()),
  confirmedAt: z.optional(z.int()),
  restoredAt: z.optional(z.int()),
  isPutBack: z.optional(z.literal(true)),
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

/** Somebody has said that it was not them: once. */
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

const RESTORABLE = 'attribute_not_exists(isPutBack) AND expiresAt > :now';

/** What was before is not put back. */
export function noticeRestorable(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Fragment {
  const condition = { if: RESTORABLE, values: { ':now': now } };
  return check(table, keys.notice(accountId, noticeId), condition, stale);
}

/** Something is restored by it, and with it somebody has said that it was not them; what was before is put back once. */
export function noticeRestored(
  table: Table,
  { accountId, noticeId, confirmedAt }: Notice,
  { now, isPutBack }: { readonly now: EpochSeconds; readonly isPutBack: boolean },
): Fragment {
  const seen = confirmedAt === undefined ? 'attribute_not_exists' : 'attribute_exists';
  return update(
    table,
    keys.notice(accountId, noticeId),
    `SET restoredAt = :now, confirmedAt = if_not_exists(confirmedAt, :now)${isPutBack ? ', isPutBack = :true' : ''}`,
    {
      if: `${seen}(confirmedAt) AND ${RESTORABLE}`,
      values: { ':now': now, ...(isPutBack && { ':true': true }) },
    },
    stale,
  );
}

/** The account has such a notice, and its time has not passed. Refused with Problem `not_found`. */
export function noticeThere(table: Table, { accountId, noticeId }: NoticeRef, now: EpochSeconds): Fragment {
  const condition = { if: 'expiresAt > :now', values: { ':now': now } };
  return check(table, keys.notice(accountId, noticeId), condition, () => new Problem('not_found'));
}

/** Some more than are shown, since those that are not to be shown are among them. */
const READ_OF_A_KIND = 100;

/** The notices of an account that have not expired, changes before sign-ins, each newest first, in one round trip. */
export async function readNotices(table: Table, id: AccountId, now: EpochSeconds): Promise<Notice[]> {
  const replies = await Promise.all(
    NOTICE_GROUPS.map((kind) => {
      const { pk, sk: oldest } = keys.notice(id, noticeIdStart(kind, (now - UNDO_SECONDS) * 1000));
      return table.documents.send('Query', {
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :oldest AND :newest',
        ExpressionAttributeValues: {
          ':pk': pk,
          ':oldest': oldest,
          ':newest': keys.notice(id, noticeIdStart(kind, (now + DAY_SECONDS) * 1000)).sk,
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: READ_OF_A_KIND,
      });
    }),
  );
  const notices = replies.flatMap(({ Items = [] }) => Items.map(parseNotice));
  return notices.filter(({ expiresAt }) => expiresAt > now);
}

/** @returns undefined if the account has no such notice, or its time has passed */
export async function readOwnNotice(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  now: EpochSeconds,
): Promise<Notice | undefined> {
  const key = keys.notice(accountId, noticeId);
  const item = (await readItems(table, [key])).get(key);
  const notice = item && parseNotice(item);
  return notice && notice.expiresAt > now ? notice : undefined;
}

/** A notice, and the account as it is now. */
export interface NoticeView {
  readonly notice: Notice;
  readonly account: Account;
  readonly methods: ReadonlyMap<WayIn, Method>;
}

/** What a link in a message is judged by. */
export interface LinkView extends NoticeView {
  readonly link: UndoLink;
  /** Of the code by SMS that restoring takes. */
  readonly challenge: Challenge;
}

async function readWithAccount(table: Table, id: AccountId, more: readonly Key[]) {
  const accountKey = keys.account(id);
  const items = await readItems(table, [accountKey, ...more]);
  const item = items.get(accountKey);
  return { items, account: parseAccount(item), methods: parseMethods(item) };
}

/** @returns undefined if the notice or its account is gone, or its time has passed */
export async function readLink(
  table: Table,
  link: UndoLink,
  now: EpochSeconds,
): Promise<LinkView | undefined> {
  const { accountId, noticeId } = link;
  const noticeKey = keys.notice(accountId, noticeId);
  const challengeKey = keys.challenge(accountId, restoreName(link));
  const { items, account, methods } = await readWithAccount(table, accountId, [noticeKey, challengeKey]);
  const item = items.get(noticeKey);
  if (item === undefined || account === undefined || account.parentId !== undefined) return undefined;
  const notice = parseNotice(item);
  if (notice.expiresAt <= now) return undefined;
  const challenge = checkedBy(parseChallenge(items.get(challengeKey)), account);
  return { link, notice, account, methods, challenge };
}

/** One thing to be done about a notice. */
export type NotificationStep = Channel | 'event';

/** What a notice is counted by, once each: what its account is notified of in a day, and what notices may cost by each channel. */
export type NoticeCount = Channel | 'day';

const doneName = (step: NotificationStep) => `done_${step}`;
const countedName = (by: NoticeCount) => `counted_${by}`;

/** A notice, and what was done about it so far. */
export interface Notification extends NoticeView {
  readonly isDone: (step: NotificationStep) => boolean;
  readonly isCounted: (by: NoticeCount) => boolean;
}

/** @returns undefined if the notice or its account is gone; whether its time has passed is for the caller to judge */
export async function readNotification(
  table: Table,
  { accountId, noticeId }: NoticeRef,
): Promise<Notification | undefined> {
  const key = keys.notice(accountId, noticeId);
  const { items, account, methods } = await readWithAccount(table, accountId, [key]);
  const item = items.get(key);
  if (item === undefined || account === undefined) return undefined;
  return {
    notice: parseNotice(item),
    account,
    methods,
    isDone: (step) => item[doneName(step)] !== undefined,
    isCounted: (by) => item[countedName(by)] !== undefined,
  };
}

/** Where a notice goes; the link in it is good for as long as that address or phone is the account's. */
export interface SentTo {
  readonly mailedTo?: EmailAddress;
  readonly phoneRevision?: number;
}

/** Marks what a notice is counted by, for the transaction that counts it: it is counted once, however often it is tried. */
export function noticeMarkedCounted(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  by: readonly NoticeCount[],
  { now, ...sentTo }: SentTo & { readonly now: EpochSeconds },
): Fragment {
  const names = by.map(countedName);
  const given = Object.entries(sentTo);
  const set = [...names.map((name) => `${name} = :now`), ...given.map(([name]) => `${name} = :${name}`)];
  return update(
    table,
    keys.notice(accountId, noticeId),
    `SET ${set.join(', ')}`,
    {
      if: ['attribute_exists(pk)', ...names.map((name) => `attribute_not_exists(${name})`)].join(' AND '),
      values: { ':now': now, ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])) },
    },
    stale,
  );
}

/**
 * The notice is there, and it is noted below which pseudonym of a phone its code is kept: what is erased with it is found by that, though
 * the account may have another phone by then. Refused with Problem `not_found`.
 */
export function noticeCodeNoted(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  phoneKey: string,
): Fragment {
  const condition = { if: 'attribute_exists(pk)', values: { ':phoneKey': [phoneKey], ':none': [] } };
  return update(
    table,
    keys.notice(accountId, noticeId),
    'SET codeKeptBelow = list_append(if_not_exists(codeKeptBelow, :none), :phoneKey)',
    condition,
    () => new Problem('not_found'),
  );
}

/** The pseudonyms of phones below which codes of a notice are kept; none where the item is no notice. */
export const codesKeptBelow = (item: Item): string[] => notedCodes.parse(item).codeKeptBelow;
const notedCodes = z.object({ codeKeptBelow: z._default(z.array(z.string()), []) });

/** So that a notice that is tried again notifies nobody twice. */
export async function markDone(
  table: Table,
  { accountId, noticeId }: NoticeRef,
  steps: readonly NotificationStep[],
  now: EpochSeconds,
): Promise<void> {
  await table.documents.send('UpdateItem', {
    TableName: table.name,
    Key: keys.notice(accountId, noticeId),
    UpdateExpression: `SET ${steps.map((step) => `${doneName(step)} = :now`).join(', ')}`,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':now': now },
  });
}
