import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import { PROVIDERS, type Provider } from '../linking/identity.ts';
import type { ProblemCode } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, toIso } from '../linking/rules.ts';
import { ABSENT, type Fragment, type Item, put, stale, type Table } from './client.ts';
import { keys } from './keys.ts';

const KEPT_DAYS = 180;

const TYPES = [
  'linked',
  'unlinked',
  'replaced',
  'refused',
  'signed_in',
  'frozen',
  'suspended',
  'cleared',
  'phone_changed',
] as const;

/** Something that happened to an account, as its owner may read it: everything in it is masked already. */
export interface HistoryEvent {
  readonly type: (typeof TYPES)[number];
  readonly provider: Provider;
  readonly display: string;
  readonly ip: string;
  readonly device: string;
  /** Why it was refused. */
  readonly reason?: ProblemCode;
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
  type: z.enum(TYPES),
  provider: z.enum(PROVIDERS),
  display: z.string(),
  at: z.string(),
  ip: z.string(),
  device: z.string(),
  reason: z.optional(z.string()),
});

/** An event as the history shows it; `at` ISO 8601 UTC. */
export interface HistoryRow extends Omit<HistoryEvent, 'reason'> {
  readonly at: string;
  readonly reason: string | null;
}

function parseEvent(item: Item): HistoryRow {
  const { reason = null, ...event } = eventSchema.parse(item);
  return { ...event, reason };
}

/** Where a page of the history ends: the time and id of its last event. */
export type Cursor = string & { readonly __cursor: unique symbol };

const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[A-Za-z0-9_-]{22}$/;
const EVENT = 'EVENT#';

/** @returns undefined if it is no cursor of ours */
export function parseCursor(text: string): Cursor | undefined {
  return PLACE.test(Buffer.from(text, 'base64url').toString()) ? (text as Cursor) : undefined;
}

const PAGE = 20;

/** A page of an account's history, newest first, in one round trip. `next` is null on the last one. */
export async function readHistory(
  table: Table,
  id: AccountId,
  { after, now }: { readonly after: Cursor | undefined; readonly now: EpochSeconds },
): Promise<{ readonly events: HistoryRow[]; readonly next: Cursor | null }> {
  const { pk, sk: oldest } = keys.event(id, toIso(now - KEPT_DAYS * DAY_SECONDS), '');
  const startAfter = after && EVENT + Buffer.from(after, 'base64url').toString();
  // DynamoDB refuses a start outside of the range: what an old cursor goes on with is past by now.
  if (startAfter !== undefined && startAfter < oldest) return { events: [], next: null };
  const reply = await table.documents.send(
    new QueryCommand({
      TableName: table.name,
      // TTL deletes late: what is older may still be there, and is past.
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :oldest AND :newest',
      ExpressionAttributeValues: { ':pk': pk, ':oldest': oldest, ':newest': `${EVENT}~` },
      ...(startAfter && { ExclusiveStartKey: { pk, sk: startAfter } }),
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: PAGE + 1,
    }),
  );
  const items = reply.Items ?? [];
  const page = items.slice(0, PAGE);
  const last = items.length > PAGE ? page.at(-1) : undefined;
  const place = last && String(last['sk']).slice(EVENT.length);
  return {
    events: page.map(parseEvent),
    next: place === undefined ? null : (Buffer.from(place).toString('base64url') as Cursor),
  };
}
