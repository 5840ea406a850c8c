import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import { type Notice, UNDO_SECONDS } from '../linking/notice.ts';
import { epochSeconds } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { eventRecorded, type HistoryEvent } from '../table/history.ts';
import { noticeCreated } from '../table/notices.ts';

/** The history item of what a request did or was refused; for the transaction that does it. */
export function recordEvent(
  { table, clock, random }: Core,
  { maskedIp, device }: Caller,
  accountId: AccountId,
  event: Omit<HistoryEvent, 'ip' | 'device'>,
): Fragment {
  const at = { atMilliseconds: clock(), eventId: newId(random) };
  return eventRecorded(table, accountId, { ...event, ip: maskedIp, device }, at);
}

/**
 * The history item and the notice of what a request did; for the transaction that does it, so that nothing is done that its owner is
 * not notified of.
 *
 * @param change what was there before and after, and where to notify the owner of it; nothing for what changes nothing
 */
export function recordAndNotify(
  dependencies: Core,
  caller: Caller,
  accountId: AccountId,
  event: Pick<Notice, 'type' | 'provider' | 'display'>,
  change: Pick<Notice, 'destinations' | 'before' | 'after'> = {},
): Fragment[] {
  const { table, clock, random } = dependencies;
  const { maskedIp, device } = caller;
  return [
    recordEvent(dependencies, caller, accountId, event),
    noticeCreated(table, {
      ...event,
      ...change,
      noticeId: newId(random),
      accountId,
      at: new Date(clock()).toISOString(),
      ip: maskedIp,
      device,
      expiresAt: epochSeconds(clock) + UNDO_SECONDS,
    }),
  ];
}
