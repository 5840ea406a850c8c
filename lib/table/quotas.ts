import * as z from 'zod/mini';
import type { DeviceId } from '../linking/device.ts';
import { Problem } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules } from '../linking/rules.ts';
import { type Moments, requireResendInterval, requireRoomToSend, sendWindows } from '../linking/windows.ts';
import { commit, type Fragment, type Item, put, StaleView, stale, type Table, update } from './client.ts';
import { type Key, keys } from './keys.ts';
import { forgetRefusals, noteRefusal, requireNotRefused } from './refusals.ts';

/** Whose sends are counted together. `subject` is a pseudonym of the phone or address. */
export interface Quota {
  readonly scope: 'sms' | 'mail' | 'sign_in' | 'sign_in_device';
  readonly subject: string;
}

/** A list this long is cut down before more is added: DynamoDB can prepend to a list, not cut it, in one expression. */
const compactAt = (rules: Rules): number => 5 * Math.max(rules.sendsPer10Minutes, rules.sendsPerDay);

const sendsSchema = z.object({ sends: z.array(z.int()) });
const parseSends = (item: Item | undefined): Moments =>
  item === undefined ? [] : sendsSchema.parse(item).sends;

/** Codes to sign in with to an address: what a device that is known to it asks for, or everybody together. */
export function signInQuota(addressKey: string, deviceId?: DeviceId): Quota {
  return deviceId === undefined
    ? { scope: 'sign_in', subject: addressKey }
    : { scope: 'sign_in_device', subject: `${addressKey}#${deviceId}` };
}

/** Sends of these are never taken back. */
const isFinal = ({ scope }: Quota): boolean => scope === 'sign_in' || scope === 'sign_in_device';
const REFUSALS = ['too_soon', 'quota_exceeded'] as const;

/** What this process remembers of them may be no longer what is to be said: they are refused for longer, or by something else first. */
export function forgetQuotaRefusals(table: Table, quota: Quota): void {
  forgetRefusals(table, keyOf(quota), REFUSALS);
}

const keyOf = ({ scope, subject }: Quota): Key => keys.quota(scope, subject);

/** A list of sends is of no use a day after its newest. */
const quotaExpiresAt = (now: EpochSeconds): EpochSeconds => now + DAY_SECONDS;

/**
 * The list has room by its windows but is too long to add to: compact it and judge anew. `retryWhenStale` does; it never reaches a
 * caller.
 */
export class QuotaNeedsCompaction extends Error {
  override readonly name = 'QuotaNeedsCompaction';
  readonly quota: Quota;
  readonly sends: Moments;
  readonly now: EpochSeconds;

  constructor(quota: Quota, sends: Moments, now: EpochSeconds) {
    super('the list of sends is too long to add to');
    this.quota = quota;
    this.sends = sends;
    this.now = now;
  }
}

/**
 * Counts one send, without a read before it: the condition is the rolling windows themselves, exact to the second. A phone
 * is known only from the account's own item, and a read of its quota would cost another round trip.
 *
 * Refused with Problem `too_soon` or `quota_exceeded`.
 *
 * @param resendSeconds also keeps this interval between two sends
 * @throws the same at once if this process knows it of an address that is signed in to
 */
export function sendCounted(
  table: Table,
  quota: Quota,
  { now, rules, resendSeconds = 0 }: { now: EpochSeconds; rules: Rules; resendSeconds?: number },
): Fragment {
  requireNotRefused(table, keyOf(quota), REFUSALS, now);
  const windows = [...sendWindows(rules), { limit: 1, seconds: resendSeconds }];
  const room = windows.map(
    ({ limit }, index) =>
      `(attribute_not_exists(sends[${limit - 1}]) OR sends[${limit - 1}] <= :since${index})`,
  );
  const since = windows.map(({ seconds }, index) => [`:since${index}`, now - seconds] as const);
  const condition = { if: room, values: Object.fromEntries(since) };
  return sendAdded(table, quota, { now, rules }, condition, (sends) => {
    const latest = sends[0];
    try {
      requireResendInterval(latest === undefined ? undefined : latest + resendSeconds, now);
      requireRoomToSend(sends, sendWindows(rules), now);
    } catch (problem) {
      if (isFinal(quota) && problem instanceof Problem) noteRefusal(table, keyOf(quota), problem, now);
      throw problem;
    }
  });
}

/**
 * Counts one send that another quota was asked for, so that it uses up this one too. No window of this one refuses it, only the
 * length of the list: five times what the larger of its windows holds.
 * Refused with Problem `quota_exceeded`.
 */
export function sendRecorded(
  table: Table,
  quota: Quota,
  { now, rules }: { now: EpochSeconds; rules: Rules },
): Fragment {
  forgetQuotaRefusals(table, quota);
  return sendAdded(table, quota, { now, rules }, { if: [], values: {} }, (sends) => {
    requireRoomToSend(sends, [{ limit: compactAt(rules), seconds: DAY_SECONDS }], now);
  });
}

/** @param requireRoom throws what refuses a send that finds these before it */
function sendAdded(
  table: Table,
  quota: Quota,
  { now, rules }: { now: EpochSeconds; rules: Rules },
  room: { readonly if: readonly string[]; readonly values: Record<string, unknown> },
  requireRoom: (sends: Moments) => void,
): Fragment {
  return update(
    table,
    keyOf(quota),
    'SET sends = list_append(:now, if_not_exists(sends, :none)), expiresAt = :expiresAt',
    {
      if: [...room.if, '(attribute_not_exists(sends) OR size(sends) < :compactAt)'].join(' AND '),
      values: {
        ...room.values,
        ':now': [now],
        ':none': [],
        ':expiresAt': quotaExpiresAt(now),
        ':compactAt': compactAt(rules),
      },
    },
    (old) => {
      const sends = parseSends(old);
      try {
        requireRoom(sends);
      } catch (problem) {
        return problem as Error;
      }
      return sends.length >= compactAt(rules) ? new QuotaNeedsCompaction(quota, sends, now) : new StaleView();
    },
  );
}

/** Cuts a long list down to what still counts. A rival that comes second finds it done. */
export async function compactQuota(table: Table, { quota, sends, now }: QuotaNeedsCompaction): Promise<void> {
  await replaceSends(
    table,
    quota,
    sends,
    sends.filter((at) => at + DAY_SECONDS > now),
    now,
  );
}

/** Tries to take a send back before it is left counted: a quota may err on the safe side. */
const REFUND_TRIES = 5;

/** Takes back one send counted at `sentAt`, since nothing went out. */
export async function refundSend(
  table: Table,
  quota: Quota,
  sentAt: EpochSeconds,
  now: EpochSeconds,
): Promise<void> {
  for (let tries = 0; tries < REFUND_TRIES; tries += 1) {
    const found = await table.documents.send('GetItem', {
      TableName: table.name,
      Key: keyOf(quota),
      ConsistentRead: true,
    });
    const sends = parseSends(found.Item);
    const index = sends.indexOf(sentAt);
    if (index === -1) return;
    if (await replaceSends(table, quota, sends, sends.toSpliced(index, 1), now)) return;
  }
}

/** @returns false if the list is no longer the one that was seen */
async function replaceSends(
  table: Table,
  quota: Quota,
  seen: Moments,
  next: Moments,
  now: EpochSeconds,
): Promise<boolean> {
  const condition = { if: 'sends = :seen', values: { ':seen': seen } };
  try {
    await commit(table, [
      put(table, keyOf(quota), { sends: next, expiresAt: quotaExpiresAt(now) }, condition, stale),
    ]);
    return true;
  } catch (error) {
    if (error instanceof StaleView) return false;
    throw error;
  }
}
