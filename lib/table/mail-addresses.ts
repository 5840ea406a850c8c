import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, secondsUntil } from '../linking/rules.ts';
import { type ClockWindow, clockWindow, type Spender } from '../linking/spending.ts';
import { type Fragment, stale, type Table, update } from './client.ts';
import { counterExpiresAt, spenderSubject } from './counters.ts';
import { keys } from './keys.ts';

/** The addresses of a day (UTC) that codes to link were mailed to, apart for each method that an account's sessions were opened by. */
const keyOf = (spender: Spender, window: ClockWindow) =>
  keys.counter('mail_addresses', spenderSubject(spender), window.id);

/** Beside the address itself, in the same set: so an address that mail has come back from takes the room of two. */
const cameBack = (addressKey: string) => `${addressKey}#back`;

/**
 * Counts an address that a code is mailed to, if it is a new one today; one that mail has come back from today gets no other. Refused with
 * Problem `quota_exceeded`.
 *
 * @param addressKey a pseudonym of it
 * @param of.limit how many addresses, with those that mail came back from counted twice
 */
export function mailAddressCounted(
  table: Table,
  spender: Spender,
  addressKey: string,
  { now, limit }: { readonly now: EpochSeconds; readonly limit: number },
): Fragment {
  const window = clockWindow('day', now);
  const isKnown = 'contains(addresses, :address)';
  const hasRoom = 'attribute_not_exists(addresses) OR size(addresses) < :limit';
  return update(
    table,
    keyOf(spender, window),
    'SET expiresAt = :expiresAt ADD addresses :one',
    {
      if: `NOT contains(addresses, :cameBack) AND (${isKnown} OR ${hasRoom})`,
      values: {
        ':address': addressKey,
        ':cameBack': cameBack(addressKey),
        ':one': new Set([addressKey]),
        ':limit': limit,
        ':expiresAt': counterExpiresAt(window),
      },
    },
    () => new Problem('quota_exceeded', { retryAfter: secondsUntil(window.endsAt, now) }),
  );
}

/** Mail to an address that somebody chose has come back: it takes the room of one more. The same of the same day is counted once. */
export function mailCameBack(
  table: Table,
  spender: Spender,
  addressKey: string,
  now: EpochSeconds,
): Fragment {
  const window = clockWindow('day', now);
  const write = {
    Update: {
      TableName: table.name,
      Key: keyOf(spender, window),
      UpdateExpression: 'SET expiresAt = :expiresAt ADD addresses :one',
      ExpressionAttributeValues: {
        ':one': new Set([cameBack(addressKey)]),
        ':expiresAt': counterExpiresAt(window),
      },
    },
  };
  return { write, refusal: stale };
}
