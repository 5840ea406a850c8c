import type { HttpRequest } from '../http/request.ts';
import type { CoreDependencies } from '../http/route.ts';
import type { AccountId } from '../linking/account.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { type HistoryEvent, happened } from '../table/history.ts';

/** The history item of what a request did or was refused, written in the same transaction. */
export function record(
  { table, clock, random }: CoreDependencies,
  { maskedIp, device }: HttpRequest,
  accountId: AccountId,
  event: Omit<HistoryEvent, 'ip' | 'device'>,
): Fragment {
  const at = { atMilliseconds: clock(), eventId: newId(random) };
  return happened(table, accountId, { ...event, ip: maskedIp, device }, at);
}
