import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import { type Notice, newNoticeId, noticeGroup } from '../linking/notice.ts';
import type { Problem } from '../linking/problem.ts';
import { epochSeconds, UNDO_SECONDS } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { eventRecorded, type HistoryEvent } from '../table/history.ts';
import { noticeCreated } from '../table/notices.ts';

/** Whoever did it, as far as it is told. */
export type Doer = Pick<Caller, 'maskedIp' | 'device'>;
type Recording = Pick<Core, 'table' | 'clock' | 'random'>;

/** The history item of what a request did or was refused; for the transaction that does it. */
export function recordEvent(
  { table, clock, random }: Recording,
  { maskedIp, device }: Doer,
  accountId: AccountId,
  event: Omit<HistoryEvent, 'ip' | 'device'>,
): Fragment {
  const at = { atMilliseconds: clock(), eventId: newId(random) };
  return eventRecorded(table, accountId, { ...event, ip: maskedIp, device }, at);
}

/** What is told of something, beside who did it and when. */
type Told = Pick<Notice, 'type' | 'provider' | 'display'> &
  Partial<
    Pick<
      Notice,
      | 'destinations'
      | 'phoneOnly'
      | 'before'
      | 'after'
      | 'subjects'
      | 'isAttempt'
      | 'byOperator'
      | 'bySession'
      | 'expiresAt'
      | 'languageBefore'
    >
  >;

/** The notice of what a request did; for the transaction that does it, so that nothing is done that its owner is not notified of. */
export function notifyOfEvent(
  { table, clock, random }: Recording,
  { maskedIp, device }: Doer,
  accountId: AccountId,
  told: Told,
): Fragment {
  return noticeCreated(table, {
    expiresAt: epochSeconds(clock) + UNDO_SECONDS,
    ...told,
    noticeId: newNoticeId(noticeGroup(told), clock(), random),
    accountId,
    at: new Date(clock()).toISOString(),
    ip: maskedIp,
    device,
  });
}

/** The history item and the notice of what a request did. */
export function recordAndNotify(
  dependencies: Core,
  caller: Doer,
  accountId: AccountId,
  told: Told & Pick<HistoryEvent, 'type'>,
): Fragment[] {
  const { type, provider, display } = told;
  return [
    recordEvent(dependencies, caller, accountId, { type, provider, display }),
    notifyOfEvent(dependencies, caller, accountId, told),
  ];
}

/** The history item of what was refused, and a notice of it that goes to the phone alone. */
export function recordRefusalAndNotify(
  dependencies: Core,
  caller: Caller,
  accountId: AccountId,
  told: Told,
  reason: Problem['code'],
): Fragment[] {
  const { provider, display } = told;
  return [
    recordEvent(dependencies, caller, accountId, { type: 'refused', provider, display, reason }),
    notifyOfEvent(dependencies, caller, accountId, { ...told, phoneOnly: true }),
  ];
}
