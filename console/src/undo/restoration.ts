import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';

/** What a restoration is to bring about: that what was before is put back, or that a provider's method is kept alone. */
export type Choice = NonNullable<UndoStory['restore']> | WayIn;
type Story = Pick<UndoStory, 'type' | 'restore' | 'only'>;

/** What can be chosen, in the order in which it is shown. With one method there is nothing else to keep it from. */
export function restoreChoices({ restore, only }: Pick<Story, 'restore' | 'only'>): readonly Choice[] {
  if (restore === null) return only;
  return [restore, ...(only.length > 1 ? only : [])];
}

/**
 * What is chosen before anybody has. Which method is to be kept is never, nor that one is used again that somebody else may be able to use:
 * it has just been said of it that it wasn't its owner.
 */
export function firstChoice({ type, ...story }: Story): Choice | null {
  const choices = restoreChoices(story);
  if (choices.length === 1) return choices[0] ?? null;
  const isDoubtful = story.restore === 'clear' && type !== 'suspended' && type !== 'cleared';
  return isDoubtful ? null : story.restore;
}
