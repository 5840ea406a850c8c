import type { Core, WithHmacKey } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { numberRange, requireServedCountry } from '../linking/spending.ts';
import type { Fragment } from '../table/client.ts';
import { accountSendCounted, type Counting, ipSendCounted } from '../table/counters.ts';
import type { Key } from '../table/keys.ts';
import { sendCountedForDeployment, unverifiedCounted, verifiedCredited } from '../table/spending.ts';

type Dependencies = Core & WithHmacKey;

export function countingAt({ settings, random }: Core, now: EpochSeconds): Counting {
  return { now, limits: settings.spending, random };
}

/** The key an IP address is counted under: a pseudonym, of all of a /64 where it is IPv6. */
export function networkKey({ hmacKey }: WithHmacKey, { network }: Caller): string {
  return pseudonym(hmacKey, 'ip', network);
}

const rangeKey = ({ hmacKey }: WithHmacKey, phone: PhoneNumber): string =>
  pseudonym(hmacKey, 'range', numberRange(phone));

/** A code as the guards of spending count it, in the transaction that stores it: it is not sent where any of them is not asked. */
export interface GuardedCode {
  readonly fragments: readonly Fragment[];
  /** What a refused sending gives back. The breaker is not among it: it counts what was tried. */
  readonly taken: readonly Key[];
}

/**
 * A code that an account asked for, to a phone or, where there is none, by mail. Besides the quota of the phone or address these
 * guard it: country, account, IP, breaker, and the ratio of codes sent to codes verified.
 *
 * @throws SpendingCapReached. Its fragments are refused with Problem `quota_exceeded`, SpendingCapReached, or ShardFull: they are to be
 *   committed within `retryWhenStale`.
 */
export function guardedCode(
  dependencies: Dependencies,
  caller: Caller,
  { accountId, phone, now }: { accountId: AccountId; phone?: PhoneNumber; now: EpochSeconds },
): GuardedCode {
  const { table } = dependencies;
  const counting = countingAt(dependencies, now);
  if (phone !== undefined) requireServedCountry(phone, counting.limits.smsCountries, now);
  const returnable = [
    accountSendCounted(table, accountId, counting),
    ipSendCounted(table, networkKey(dependencies, caller), counting),
    ...(phone === undefined ? [] : unverifiedCounted(table, rangeKey(dependencies, phone), counting)),
  ];
  const channel = phone === undefined ? 'mail' : 'sms';
  return {
    fragments: [
      ...returnable.map(({ fragment }) => fragment),
      ...sendCountedForDeployment(table, channel, counting),
    ],
    taken: returnable.map(({ key }) => key),
  };
}

/** The code that was sent to a phone has been typed. */
export function codeVerified(dependencies: Dependencies, phone: PhoneNumber, now: EpochSeconds): Fragment[] {
  return verifiedCredited(dependencies.table, rangeKey(dependencies, phone), countingAt(dependencies, now));
}
