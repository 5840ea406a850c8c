import type { Provider } from '../../../lib/linking/identity.ts';
import type { UndoStory } from '../api/answers.ts';

/** What a restoration is to bring about: `all` puts back what was before, a provider keeps that method alone. */
export type Choice = 'all' | Provider;

/** What can be chosen, in the order in which it is shown. */
export function restoreChoices({ restore, only }: Pick<UndoStory, 'restore' | 'only'>): readonly Choice[] {
  return [...(restore === null ? [] : (['all'] as const)), ...only];
}

/** What is chosen before anybody has: what was before, but never which method is to be kept. */
export function firstChoice(choices: readonly Choice[]): Choice | null {
  return choices[0] === 'all' ? 'all' : null;
}

/** What a restoration that was done has brought about. */
export type Restored =
  | { readonly kept: Provider }
  | { readonly way: NonNullable<UndoStory['restore']>; readonly kept?: undefined };

/** @param before the story as it was when the choice was made */
export function restoredBy({ restore }: Pick<UndoStory, 'restore'>, choice: Choice): Restored | null {
  if (choice !== 'all') return { kept: choice };
  return restore && { way: restore };
}
