import type { Channel } from '../linking/channel.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import {
  type CapName,
  type CodeKind,
  clockWindow,
  NEARLY_SPENT,
  NOTICE_PARTS,
  type NoticeKind,
  type SpendingCapReached,
  type SpendingLimits,
  STRANGERS_PART,
  shardCount,
  shardLimits,
  UNVERIFIED_GRACE,
} from '../linking/spending.ts';
import { readItems, type Table } from './client.ts';
import { type Count, type Counting, parseCount } from './counters.ts';
import { type Key, keys } from './keys.ts';
import {
  type CapWindow,
  findReached,
  isKnownFull,
  noteFullShards,
  pickShards,
  requireRoom,
  type ShardedCount,
  ShardFull,
  shardCredited,
  shardsCounted,
} from './shards.ts';

/** How many messages may go out in an hour, and in a day. */
interface Most {
  readonly hour: number;
  readonly day: number;
}

/** How many shards a pool has: no more than the lower of its limits is cut into, so that hour and day are counted in one item. */
const shardsOf = ({ hour, day }: Most): number => shardCount(Math.min(hour, day));

const cutIntoShards = (limit: number, shards: number): ShardedCount['shards'] =>
  shardLimits(limit, shards).map((shard, subject) => ({ subject, limit: shard }));

/** The windows of one of the deployment's caps, or of one part in so many of it. */
function capWindows(pool: string, scope: CapName, most: Most, part = 1): readonly CapWindow[] {
  const shards = shardsOf(most);
  return (['hour', 'day'] as const).map((span) => ({
    pool,
    scope,
    span,
    shards: cutIntoShards(Math.ceil(most[span] / part), shards),
  }));
}

const smsMost = ({ smsPerHour: hour, smsPerDay: day }: SpendingLimits): Most => ({ hour, day });

/** Those that a code is counted in. */
function codeCapWindows(kind: CodeKind, limits: SpendingLimits): readonly CapWindow[] {
  const mail = { hour: limits.mailsPerHour, day: limits.mailsPerDay };
  switch (kind) {
    case 'sms':
      return capWindows('sms', 'sms', smsMost(limits));
    case 'mail':
      return capWindows('mail', 'mail', mail);
    case 'stranger_mail':
      return [
        ...capWindows('mail', 'mail', mail),
        ...capWindows('mail', 'stranger_mail', mail, STRANGERS_PART),
      ];
  }
}

/** Verified codes make room again, so a full shard of the ratio is asked again this soon. */
const RATIO_REMEMBERED_SECONDS = 10;

/**
 * Codes by SMS that are not verified, less those that verified ones make up for: in all, and in a range of numbers. The former has the shards
 * of the cap.
 */
const overall = (limits: SpendingLimits): ShardedCount => ({
  pool: 'sms',
  scope: 'ratio',
  span: 'hour',
  shards: cutIntoShards(UNVERIFIED_GRACE.overall, shardsOf(smsMost(limits))),
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
});
const ofRange = (range: string): ShardedCount => ({
  pool: 'range',
  scope: 'range',
  span: 'hour',
  shards: [{ subject: range, limit: UNVERIFIED_GRACE.range }],
  rememberedSeconds: RATIO_REMEMBERED_SECONDS,
});

/** How a code is counted for the whole deployment. */
export interface DeploymentCount {
  /** By the caps. */
  readonly caps: readonly Count[];
  /** By the ratio of codes sent to codes verified. */
  readonly scores: readonly Count[];
  /** Whether this process knows the ratio to be over its limit. */
  readonly isRatioOver: boolean;
}

/**
 * Counts one code by the deployment's caps for it; one by SMS also as not verified yet, in its range of numbers and in all. The latter two
 * refuse nothing, they are a state: the ratio is over its limit, or not. Refused with ShardFull, which `retryWhenStale` takes care of:
 * then what is full is noted, and it is counted again by that.
 *
 * @param range a pseudonym of the range; undefined for what the ratio does not count
 * @throws SpendingCapReached
 */
export function codeCounted(
  table: Table,
  kind: CodeKind,
  counting: Counting,
  range?: string,
): DeploymentCount {
  const { now, limits } = counting;
  const caps = codeCapWindows(kind, limits);
  requireRoom(table, caps, now);
  if (range === undefined || limits.unverifiedRatioLimit === 0)
    return { caps: shardsCounted(table, caps, counting), scores: [], isRatioOver: false };
  const [inAll, inRange] = [overall(limits), ofRange(range)];
  const together = shardsCounted(table, [...caps, inAll], counting);
  return {
    caps: together.slice(0, caps.length),
    scores: [...together.slice(caps.length), ...shardsCounted(table, [inRange], counting)],
    isRatioOver: [inAll, inRange].some((score) => isKnownFull(table, score, now)),
  };
}

/** A code by SMS was verified: it makes up for as many as the ratio says, of its range and in all. */
export function verifiedCredited(range: string, counting: Counting): readonly Count[] {
  const { unverifiedRatioLimit: credit } = counting.limits;
  if (credit === 0) return [];
  return [overall(counting.limits), ofRange(range)].flatMap((score) =>
    shardCredited(score, credit, counting),
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
  const caps = codeCapWindows(kind, limits);
  requireRoom(table, caps, now);
  const looked = pickShards(table, caps, counting);
  return async () => {
    const items = await readItems(
      table,
      looked.map(({ key }) => key),
    );
    for (const { key, name, limit, window, count: cap } of looked) {
      const count = parseCount(items.get(key), name);
      // Messages are spread over the shards at random: one tells of all. And a cap's count never falls.
      if (count >= limit * NEARLY_SPENT) table.fullCaps.note(nearlySpentKey(cap, now), window.endsAt, now);
      if (count < limit) continue;
      await noteFullShards(table, new ShardFull(caps, now));
      requireRoom(table, caps, now);
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

/** Where notices of a kind are counted, by one channel. All channels have their counts in one pool: a notice may go out on several. */
function noticeCapWindows(channel: Channel, kind: NoticeKind, limits: SpendingLimits): readonly CapWindow[] {
  const most = { hour: limits.noticesPerHour, day: limits.noticesPerDay };
  const whole = capWindows('notice', `notice_${channel}`, most);
  if (kind === 'change') return whole;
  return [...whole, ...capWindows('notice', `${kind}_notice_${channel}`, most, NOTICE_PARTS[kind])];
}

/** How a notice is counted that goes out on several channels. */
export interface NoticeCounts {
  readonly counted: readonly Count[];
  /** Of the channels that it is not counted on. */
  readonly reached: ReadonlyMap<Channel, SpendingCapReached>;
}

/**
 * Counts a notice on each channel, by a cap of notices' own: pumping codes keeps no owner from being notified. Of it, sign-ins and locks
 * have a part each. Refused as `codeCounted` is; to be committed within `retryWhenStale`.
 */
export function noticeCounted(
  table: Table,
  channels: readonly Channel[],
  kind: NoticeKind,
  counting: Counting,
): NoticeCounts {
  const caps: CapWindow[] = [];
  const reached = new Map<Channel, SpendingCapReached>();
  for (const channel of channels) {
    const own = noticeCapWindows(channel, kind, counting.limits);
    const refusal = findReached(table, own, counting.now);
    if (refusal) reached.set(channel, refusal);
    else caps.push(...own);
  }
  return { counted: shardsCounted(table, caps, counting), reached };
}
