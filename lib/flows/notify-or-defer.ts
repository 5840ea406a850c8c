import type { Core, WithBus, WithKeys, WithMail, WithNoticeQueue, WithSms } from '../dependencies.ts';
import { epochSeconds } from '../linking/rules.ts';
import type { PendingNotice } from '../messages/notice-queue.ts';
import { notifyLockedAddress } from './notify-locked-address.ts';
import { notifyOwner } from './notify-owner.ts';

export type Notifying = Core & WithKeys & WithMail & WithSms & WithBus & WithNoticeQueue;

const FIRST_RETRY_SECONDS = 60;
/** As long as SQS delays a message. */
const LONGEST_RETRY_SECONDS = 15 * 60;

/** How long to wait after a try that was not enough: 1 minute, 2, 4, 8, and 15 from then on. */
export function retrySeconds({ tries }: PendingNotice): number {
  return Math.min(FIRST_RETRY_SECONDS * 2 ** tries, LONGEST_RETRY_SECONDS);
}

/**
 * Tries to notify an owner. What is not done by that waits in a queue for the next try, so that it holds up nobody else's notices; until
 * its time is over, which is counted.
 */
export async function notifyOrDefer(dependencies: Notifying, pending: PendingNotice): Promise<void> {
  const { noticeQueue, observer, clock } = dependencies;
  const unfinished =
    'noticeId' in pending
      ? await notifyOwner(dependencies, pending)
      : await notifyLockedAddress(dependencies, pending);
  if (unfinished === undefined) return;
  const secondsLeft = unfinished.expiresAt - epochSeconds(clock);
  if (secondsLeft <= 0) {
    observer.count('NoticeNeverSent');
    observer.error('a notice was never sent', { steps: unfinished.left });
    return;
  }
  observer.count('NoticeDeferred');
  const next = { ...pending, tries: pending.tries + 1 };
  await noticeQueue.defer(next, Math.min(retrySeconds(pending), secondsLeft));
}
