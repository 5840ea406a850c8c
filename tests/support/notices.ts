import type { SentMessage } from './doubles.ts';
import type { World } from './world.ts';

/** The notices that owners get of what `action` does, oldest first; codes are none. */
export async function noticesDuring(world: World, action: () => Promise<unknown>): Promise<SentMessage[]> {
  await world.notifyOwners();
  const before = world.outbox.sent.length;
  await action();
  await world.notifyOwners();
  const sent = world.outbox.sent.slice(0, world.outbox.sent.length - before).toReversed();
  return sent.filter(({ code }) => code === '');
}

/** The token of the link in a message. */
export function tokenIn({ text }: Pick<SentMessage, 'text'>): string {
  const token = /https:\/\/console\.example\.com\/not-me#(\S+)/.exec(text)?.[1];
  if (token === undefined) throw new Error('the message has no link');
  return token;
}
