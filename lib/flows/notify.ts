import type { PendingNotice } from '../messages/notice-queue.ts';
import { describeError } from '../observe.ts';
import type { Item } from '../table/client.ts';
import { isNotice, parseNotice } from '../table/notices.ts';
import { isAddressFailures, parseNewLock } from '../table/sign-ins.ts';
import { type Notifying, notifyOrDefer, retrySeconds } from './notify-or-defer.ts';

/** What a record of the table's stream is about; undefined if nobody is to be notified of it. */
function findPending(item: Item, before: Item | undefined): PendingNotice | undefined {
  if (isNotice(item)) {
    const { accountId, noticeId } = parseNotice(item);
    return { accountId, noticeId, tries: 0 };
  }
  const lock = isAddressFailures(item) ? parseNewLock(item, before) : undefined;
  return lock && { ...lock, tries: 0 };
}

/**
 * Notifies of what a record of the table's stream is about. If it can't be, whatever the reason, that waits in the queue: a record
 * that fails would be delivered again before those that come after it, which are other owners'.
 */
export async function notify(item: Item, dependencies: Notifying, before: Item | undefined): Promise<void> {
  const { noticeQueue, observer } = dependencies;
  const pending = findPending(item, before);
  if (pending === undefined) return;
  try {
    await notifyOrDefer(dependencies, pending);
  } catch (error) {
    observer.count('Fault');
    observer.error('a notice failed', describeError(error));
    await noticeQueue.defer({ ...pending, tries: 1 }, retrySeconds(pending));
  }
}
