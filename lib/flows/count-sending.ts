import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { Destination } from '../linking/channel.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { isServed, numberRange, type Spender } from '../linking/spending.ts';
import { noteRatioOver } from '../observe.ts';
import type { Fragment } from '../table/client.ts';
import {
  accountSendCounted,
  accountUnverifiedCounted,
  accountVerified,
  type Count,
  type Counting,
  countsAdded,
  ipSendCounted,
} from '../table/counters.ts';
import { mailAddressCounted } from '../table/mail-addresses.ts';
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
export interface CodeCount {
  readonly fragments: readonly Fragment[];
  /** What a refused sending gives back. The deployment's caps are not among it: they count what was tried. */
  readonly refundable: readonly Count[];
}

/** Counts the address that a code is mailed to. The same one again costs nothing, so that a refused sending has nothing to give back. */
function countAddress(
  { table, keys }: Dependencies,
  spender: Spender,
  { by, to }: Destination,
  { now, limits }: Counting,
): Fragment[] {
  if (by !== 'mail') return [];
  const addressKey = pseudonym(keys.current.pseudonyms, 'email', to);
  return [
    mailAddressCounted(table, spender, addressKey, { now, limit: limits.mailAddressesPerAccountPerDay }),
  ];
}

/**
 * Counts a code, besides the quota of where it goes: by account, by IP address and by the deployment's cap for the channel; one by SMS
 * also by country, and by the ratio of codes sent to codes verified, and one by mail by the addresses its account has chosen today. A code to restore with is counted for no account and by no ratio:
 * nothing that others spend is lacking to an owner who gets back in.
 *
 * @throws SpendingCapReached, Problem `country_not_served`, or `quota_exceeded` of an IP address that is known to have had its share. The fragments are
 *   refused with Problem `quota_exceeded` or ShardFull: they are to be committed within `retryWhenStale`.
 */
export function countCode(
  dependencies: Dependencies,
  caller: Caller,
  {
    for: spender,
    destination,
    now,
  }: { for: Spender | 'restore'; destination: Destination; now: EpochSeconds },
): CodeCount {
  const { table, observer } = dependencies;
  const counting = countingAt(dependencies, now);
  const { by, to } = destination;
  if (by === 'sms' && !isServed(to, counting.limits.smsCountries)) throw new Problem('country_not_served');
  const ofAddress = ipSendCounted(table, networkKey(dependencies, caller), counting);
  const range = by === 'sms' && spender !== 'restore' ? rangeKey(dependencies, to) : undefined;
  const { caps, scores, isRatioOver } = codeCounted(table, by, counting, range);
  if (isRatioOver) noteRatioOver(observer);
  const ofAccount =
    spender === 'restore'
      ? []
      : [
          accountSendCounted(spender, counting),
          ...(scores.length === 0
            ? []
            : [accountUnverifiedCounted(spender, { now, isLimited: isRatioOver })]),
        ];
  const refundable = [...ofAccount, ofAddress, ...scores];
  return {
    fragments: [
      ...countsAdded(table, [...refundable, ...caps]),
      ...(spender === 'restore' ? [] : countAddress(dependencies, spender, destination, counting)),
    ],
    refundable,
  };
}

/** The code of an identity check that was sent to a phone has been typed. */
export function codeVerified(
  dependencies: Dependencies,
  { spender, phone, now }: { spender: Spender; phone: PhoneNumber; now: EpochSeconds },
): Fragment[] {
  const { table } = dependencies;
  const credited = verifiedCredited(rangeKey(dependencies, phone), countingAt(dependencies, now));
  return credited.length === 0 ? [] : countsAdded(table, [accountVerified(spender, now), ...credited]);
}
