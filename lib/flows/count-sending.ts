import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { Destination } from '../linking/channel.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { isServed, numberRange } from '../linking/spending.ts';
import {
  countAddress,
  countCode,
  countUnverified,
  creditVerified,
  refund,
  type Spent,
} from '../linking/spent.ts';
import { noteRatioOver } from '../observe.ts';
import type { Fragment } from '../table/client.ts';
import { type Count, type Counting, countsAdded, ipSendCounted } from '../table/counters.ts';
import { codeCounted, verifiedCredited } from '../table/spending.ts';

type Dependencies = Core & WithKeys;

export function countingAt({ settings, random }: Core, now: EpochSeconds): Counting {
  return { now, limits: settings.spending, random };
}

/** The key an IP address is counted under: a pseudonym, of the whole /64 if it is IPv6. */
export function networkKey({ keys }: WithKeys, { network }: Caller): string {
  return pseudonym(keys.current.pseudonyms, 'ip', network);
}

const rangeKey = ({ keys }: WithKeys, phone: PhoneNumber): string =>
  pseudonym(keys.current.pseudonyms, 'range', numberRange(phone));

/** How a code is counted, in the transaction that stores it: one that can't be counted is not sent. */
export interface SendingCount {
  readonly fragments: readonly Fragment[];
  /** What the sessions of the method that asked have spent with it; undefined for a code to restore with. */
  readonly spent: Spent | undefined;
  /** What a refused sending gives back. The deployment's caps are not among it: they count what was tried. */
  readonly refundable: readonly Count[];
  /** The same of what was spent; of the addresses nothing, since the same one again costs nothing. */
  readonly uncount: (spent: Spent) => Spent;
}

/**
 * Counts a code, besides the quota of where it goes: by account, by IP address and by the deployment's cap for the channel; one by SMS
 * also by country, and by the ratio of codes sent to codes verified, and one by mail by the addresses its account has chosen today. A code
 * to restore with is counted for no account and by no ratio: nothing that others spend is lacking to an owner who gets back in.
 *
 * @param code.spent by the sessions of the method that asks; none for a code to restore with
 * @throws SpendingCapReached, Problem `country_not_served`, or `quota_exceeded` of the account, or of an IP address that is known to have had its share. The
 *   fragments are refused with Problem `quota_exceeded` or ShardFull: they are to be committed within `retryWhenStale`.
 */
export function countSending(
  dependencies: Dependencies,
  caller: Caller,
  {
    spent: before,
    destination,
    now,
  }: { spent: Spent | undefined; destination: Destination; now: EpochSeconds },
): SendingCount {
  const { table, observer, keys } = dependencies;
  const counting = countingAt(dependencies, now);
  const { by, to } = destination;
  if (by === 'sms' && !isServed(to, counting.limits.smsCountries)) throw new Problem('country_not_served');
  const ofAddress = ipSendCounted(table, networkKey(dependencies, caller), counting);
  const range = by === 'sms' && before ? rangeKey(dependencies, to) : undefined;
  const { caps, scores, isRatioOver } = codeCounted(table, by, counting, range);
  if (isRatioOver) noteRatioOver(observer);
  const isUnverified = scores.length > 0;
  const refundable = [ofAddress, ...scores];
  let spent = before && countCode(before, counting);
  if (spent && isUnverified) spent = countUnverified(spent, { now, isLimited: isRatioOver });
  if (spent && by === 'mail')
    spent = countAddress(spent, pseudonym(keys.current.pseudonyms, 'email', to), counting);
  return {
    fragments: countsAdded(table, [...refundable, ...caps]),
    spent,
    refundable,
    uncount: (left) => refund(left, isUnverified ? ['codes', 'unverified'] : ['codes'], now),
  };
}

/** The code of an identity check that was sent to a phone has been typed. */
export function countVerified(
  dependencies: Dependencies,
  { spent, phone, now }: { spent: Spent; phone: PhoneNumber; now: EpochSeconds },
): { readonly spent: Spent; readonly fragments: readonly Fragment[] } {
  const { table } = dependencies;
  const credited = verifiedCredited(rangeKey(dependencies, phone), countingAt(dependencies, now));
  return credited.length === 0
    ? { spent, fragments: [] }
    : { spent: creditVerified(spent, now), fragments: countsAdded(table, credited) };
}
