import type { SentMessage } from './doubles.ts';
import type { World } from './world.ts';

/** The notices that go out during `action`, oldest first; codes are none. */
export async function sentDuring({ outbox }: World, action: () => Promise<unknown>): Promise<SentMessage[]> {
  const before = outbox.sent.length;
  await action();
  const sent = outbox.sent.slice(0, outbox.sent.length - before).toReversed();
  return sent.filter(({ code, sms }) => code === '' || sms?.kind === 'notice');
}

/** The notices that owners get of what `action` does. */
export async function noticesDuring(world: World, action: () => Promise<unknown>): Promise<SentMessage[]> {
  await world.notifyOwners();
  return sentDuring(world, async () => {
    await action();
    await world.notifyOwners();
  });
}

/** The token of the link in a message. */
export function tokenIn({ text }: Pick<SentMessage, 'text'>): string {
  const token = /https:\/\/console\.example\.com\/not-me#(\S+)/.exec(text)?.[1];
  if (token === undefined) throw new Error('the message has no link');
  return token;
}

/** The code that a message has in place of a link. */
export function undoCodeIn({ sms }: Pick<SentMessage, 'sms'>): string {
  const undo = sms?.kind === 'notice' ? sms.undo : undefined;
  if (undo === undefined || 'url' in undo) throw new Error('the message has no code');
  return undo.code;
}
