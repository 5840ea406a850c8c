import { parsePending } from '../messages/notice-queue.ts';
import { type Notifying, notifyOrDefer } from './notify-or-defer.ts';

/** Tries once more what a message of the queue says. */
export function retryNotice(body: string, dependencies: Notifying): Promise<void> {
  return notifyOrDefer(dependencies, parsePending(body));
}
