import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import { WAYS_IN, type WayIn } from '../linking/identity.ts';
import { HISTORY_TYPES, type HistoryType } from '../linking/notice-types.ts';
import { OPERATOR_ACTIONS, type OperatorAction, type OperatorDeed } from '../linking/operator.ts';
import type { ProblemCode } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, toIso } from '../linking/rules.ts';
import { ABSENT, type Fragment, type Item, put, stale, type Table } from './client.ts';
import { keys, PARTS_OF_ACCOUNT } from './keys.ts';

const KEPT_DAYS = 180;

/** Something that happened to an account, as its owner may read it: everything in it is masked already. */
export interface HistoryEvent {
  readonly type: HistoryType;
  readonly provider: WayIn;
  readonly display: string;
  readonly ip: string;
  readonly device: string;
  /** Why it was refused. */
  readonly reason?: ProblemCode;
  /** Of `operator`: who did what, and why. */
  readonly operator?: OperatorDeed;
}

/** @param atMilliseconds when it happened, in milliseconds since 1970, so that what happens within one second keeps its order */
export function eventRecorded(
  table: Table,
  id: AccountId,
  event: HistoryEvent,
  { atMilliseconds, eventId }: { atMilliseconds: number; eventId: string },
): Fragment {
  const at = new Date(atMilliseconds).toISOString();
  const expiresAt = Math.ceil(atMilliseconds / 1000) + KEPT_DAYS * DAY_SECONDS;
  return put(table, keys.event(id, at, eventId), { ...event, at, expiresAt }, ABSENT, stale);
}

const eventSchema = z.object({
  type: z.enum(HISTORY_TYPES),
  provider: z.enum(WAYS_IN),
  display: z.string(),
  at: z.string(),
  ip: z.string(),
  device: z.string(),
  reason: z.optional(z.string()),
  operator: z.optional(
    z.object({ action: z.enum(OPERATOR_ACTIONS), by: z.string(), reason: z.optional(z.string()) }),
  ),
});

/** An event as the history shows it to the owner; `at` ISO 8601 UTC. */
export interface HistoryRow extends Omit<HistoryEvent, 'reason' | 'operator'> {
  readonly at: string;
  readonly reason: string | null;
  /** Of `operator`: what was done. By whom, and why, is not for the owner. */
  readonly action?: OperatorAction;
}

/** The same as it is shown to operators. */
export interface OperatorHistoryRow extends HistoryRow {
  readonly operator?: { readonly by: string; readonly reason: string | null };
}

export function parseEvent(item: Item): HistoryRow {
  const { reason = null, operator, ...event } = eventSchema.parse(item);
  return { ...event, reason, ...(operator && { action: operator.action }) };
}

function parseEventForOperator(item: Item): OperatorHistoryRow {
  const { operator } = eventSchema.parse(item);
  const row = parseEvent(item);
  return operator ? { ...row, operator: { by: operator.by, reason: operator.reason ?? null } } : row;
}

/** Where a page of the history ends: the time and id of its last event. */
export type Cursor = string & { readonly __cursor: unique symbol };

const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9_-]{22}$/;
const { event: EVENT } = PARTS_OF_ACCOUNT;

/** @returns undefined if it is no cursor of ours */
export function parseCursor(text: string): Cursor | undefined {
  return PLACE.test(Buffer.from(text, 'base64url').toString()) ? (text as Cursor) : undefined;
}

const PAGE = 20;

interface Place {
  readonly after: Cursor | undefined;
  readonly now: EpochSeconds;
}

interface Page<Row> {
  readonly events: Row[];
  readonly next: Cursor | null;
}

/** A page of an account's history, newest first, in one round trip. `next` is null on the last one. */
export function readHistory(table: Table, id: AccountId, place: Place): Promise<Page<HistoryRow>> {
  return readPage(table, id, place, parseEvent);
}

/** The same with what is not for the owner: which operator did something, and why. */
export function readHistoryForOperator(
  table: Table,
  id: AccountId,
  place: Place,
): Promise<Page<OperatorHistoryRow>> {
  return readPage(table, id, place, parseEventForOperator);
}

async function readPage<Row>(
  table: Table,
  id: AccountId,
  { after, now }: Place,
  parse: (item: Item) => Row,
): Promise<Page<Row>> {
  const { pk, sk: oldest } = keys.event(id, toIso(now - KEPT_DAYS * DAY_SECONDS), '');
  const startAfter = after && EVENT + Buffer.from(after, 'base64url').toString();
  // DynamoDB refuses a start outside of the range: what an old cursor goes on with is past by now.
  if (startAfter !== undefined && startAfter < oldest) return { events: [], next: null };
  const reply = await table.documents.send('Query', {
    TableName: table.name,
    // TTL deletes late: what is older may still be there, and is past.
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :oldest AND :newest',
    ExpressionAttributeValues: { ':pk': pk, ':oldest': oldest, ':newest': `${EVENT}~` },
    ...(startAfter && { ExclusiveStartKey: { pk, sk: startAfter } }),
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: PAGE + 1,
  });
  const items = reply.Items ?? [];
  const page = items.slice(0, PAGE);
  const last = items.length > PAGE ? page.at(-1) : undefined;
  const place = last && String(last['sk']).slice(EVENT.length);
  return {
    events: page.map(parse),
    next: place === undefined ? null : (Buffer.from(place).toString('base64url') as Cursor),
  };
}
