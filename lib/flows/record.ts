import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { eventRecorded, type HistoryEvent } from '../table/history.ts';

/** The history item of what a request did or was refused, written in the same transaction. */
export function record(
  { table, clock, random }: Core,
  { maskedIp, device }: Caller,
  accountId: AccountId,
  event: Omit<HistoryEvent, 'ip' | 'device'>,
): Fragment {
  const at = { atMilliseconds: clock(), eventId: newId(random) };
  return eventRecorded(table, accountId, { ...event, ip: maskedIp, device }, at);
}
