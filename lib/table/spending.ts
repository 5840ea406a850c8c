import type { Channel } from '../linking/channel.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import {
  type CapName,
  type CodeKind,
  clockWindow,
  NEARLY_SPENT,
  NOTICE_PARTS,
  type NoticeKind,
  type Spender,
  type SpendingLimits,
  STRANGERS_PART,
  shardLimits,
  UNVERIFIED_GRACE,
} from '../linking/spending.ts';
import { type Fragment, readItems, type Table } from './client.ts';
import {
  accountUnverifiedCounted,
  accountVerified,
  added,
  type Counted,
  type Counting,
  parseCount,
} from './counters.ts';
import { type Key, keys } from './keys.ts';
import {
  type CapWindow,
  isKnownFull,
  noteFullShards,
  pickShard,
  type ShardedCount,
  ShardFull,
  shardAdded,
  shardCounted,
} from './shards.ts';

/** How many messages may go out in an hour, and in a day. */
interface Most {
  readonly hour: number;
  readonly day: number;
}

const cutIntoShards = (limit: number, min?: number): CapWindow['shards'] =>
  shardLimits(limit, min).map((shard, subject) => ({ subject, limit: shard }));

/** The windows of one of the deployment's caps, or of one part in so many of it. */
function capWindows(scope: CapName, { hour, day }: Most, part = 1): readonly CapWindow[] {
  return [
    { scope, span: 'hour', shards: cutIntoShards(Math.ceil(hour / part)) },
    { scope, span: 'day', shards: cutIntoShards(Math.ceil(day / part)) },
  ];
}

/** Those that a code is counted in. */
function codeCapWindows(kind: CodeKind, limits: SpendingLimits): readonly CapWindow[] {
  const sms = { hour: limits.smsPerHour, day: limits.smsPerDay };
  const mail = { hour: limits.mailsPerHour, day: limits.mailsPerDay };
  switch (kind) {
    case 'sms':
      return capWindows('sms', sms);
    case 'mail':
      return capWindows('mail', mail);
    case 'stranger_mail':
      return [...capWindows('mail', mail), ...capWindows('stranger_mail', mail, STRANGERS_PART)];
  }
}

/**
 * Counts one code by the deployment's caps for it. Refused with ShardFull, which `retryWhenStale` takes care of.
 *
 * @throws SpendingCapReached
 */
export function sendCountedForDeployment(table: Table, kind: CodeKind, counting: Counting): Fragment[] {
  return codeCapWindows(kind, counting.limits).map(
    (capWindow) => shardCounted(table, capWindow, counting).fragment,
  );
}

/** Where it is noted that a cap's hour or day is nearly spent. */
const nearlySpentKey = ({ scope, span }: CapWindow, now: EpochSeconds): Key =>
  keys.counter(scope, 'nearly_spent', clockWindow(span, now).id);

/**
 * Looks whether a cap is reached, or nearly, and counts nothing: for a request whose message may never be sent.
 *
 * @returns the look itself, which takes a round trip and rejects with SpendingCapReached
 * @throws SpendingCapReached at once if this process knows it
 */
export function peekCap(table: Table, kind: CodeKind, counting: Counting): () => Promise<void> {
  const { now, limits } = counting;
  const looked = codeCapWindows(kind, limits).map((capWindow) => ({
    capWindow,
    shard: pickShard(table, capWindow, counting),
  }));
  return async () => {
    const items = await readItems(
      table,
      looked.map(({ shard }) => shard.key),
    );
    for (const { capWindow, shard } of looked) {
      const count = parseCount(items.get(shard.key));
      // Messages are spread over the shards at random: one tells of all. And a cap's count never falls.
      if (count >= shard.limit * NEARLY_SPENT)
        table.fullCaps.note(nearlySpentKey(capWindow, now), shard.window.endsAt, now);
      if (count < shard.limit) continue;
      await noteFullShards(table, new ShardFull(capWindow, now));
      pickShard(table, capWindow, counting);
    }
  };
}

/**
 * Whether strangers have nearly spent their part of the mail cap, as far as this process saw when it looked at the cap for others: it
 * takes no round trip.
 */
export function isStrangersPartNearlySpent(table: Table, { now, limits }: Counting): boolean {
  return codeCapWindows('stranger_mail', limits)
    .filter(({ scope }) => scope === 'stranger_mail')
    .some((capWindow) => table.fullCaps.holds(nearlySpentKey(capWindow, now), now));
}

/**
 * Counts one notice, by a cap of notices' own: pumping codes keeps no owner from being notified. Of it, sign-ins and locks have a part
 * each. Refused as `sendCountedForDeployment` is; to be committed within `retryWhenStale`.
 */
export function noticeCounted(
  table: Table,
  channel: Channel,
  kind: NoticeKind,
  counting: Counting,
): Fragment[] {
  const { noticesPerHour: hour, noticesPerDay: day } = counting.limits;
  const most = { hour, day };
  const caps = [
    ...capWindows(`notice_${channel}`, most),
    ...(kind === 'change' ? [] : capWindows(`${kind}_notice_${channel}`, most, NOTICE_PARTS[kind])),
  ];
  return caps.map((capWindow) => shardCounted(table, capWindow, counting).fragment);
}

/** Verified codes make room again, so a full shard of the ratio is asked again this soon. */
const RATIO_REMEMBERED_SECONDS = 10;

/** Codes by SMS that are not verified, less those that verified ones make up for: in all, and in a range of numbers. */
const OVERALL: ShardedCount = {
  scope: 'ratio',
  span: 'hour',
  shards: cutIntoShards(UNVERIFIED_GRACE.overall, UNVERIFIED_GRACE.overall / 10),
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
};
const ofRange = (range: string): ShardedCount => ({
  scope: 'range',
  span: 'hour',
  shards: [{ subject: range, limit: UNVERIFIED_GRACE.range }],
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
});

/**
 * Counts one code by SMS that is not verified yet: for its range of numbers, in all, and for the account. The first two refuse nothing,
 * they are a state: the ratio is over its limit, or not. Only while it is over is the account limited, so that those who pump close
 * identity checks to themselves and to nobody else.
 *
 * Refused with Problem `quota_exceeded`, or ShardFull: then the state is noted, and it is counted again by that.
 *
 * @param range a pseudonym of the range
 */
export function unverifiedCounted(
  table: Table,
  { range, spender }: { readonly range: string; readonly spender: Spender },
  counting: Counting,
): { readonly counted: readonly Counted[]; readonly isRatioOver: boolean } {
  const { now, limits } = counting;
  if (limits.unverifiedRatioLimit === 0) return { counted: [], isRatioOver: false };
  const scores = [ofRange(range), OVERALL];
  const isRatioOver = scores.some((score) => isKnownFull(table, score, now));
  return {
    counted: [
      accountUnverifiedCounted(table, spender, { now, isLimited: isRatioOver }),
      ...scores.flatMap((score) => shardAdded(table, score, counting)),
    ],
    isRatioOver,
  };
}

/** A code by SMS was verified: it makes up for as many as the ratio says, of its range and in all, and is no longer the account's. */
export function verifiedCredited(
  table: Table,
  { range, spender }: { readonly range: string; readonly spender: Spender },
  { now, limits, random }: Counting,
): Fragment[] {
  if (limits.unverifiedRatioLimit === 0) return [];
  const window = clockWindow('hour', now);
  const shard = random.int(OVERALL.shards.length);
  const scores = [keys.counter('range', range, window.id), keys.counter(OVERALL.scope, shard, window.id)];
  return [
    accountVerified(table, spender, now),
    ...scores.map((key) => added(table, key, window, -limits.unverifiedRatioLimit).fragment),
  ];
}
