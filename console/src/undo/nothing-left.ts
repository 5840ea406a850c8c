import type { UndoStory } from '../api/answers.ts';

/**
 * Why nothing is left to restore once an activity was confirmed as somebody else's; null where something is, or has been restored.
 * `unchanged`: it changed no method.
 */
export function nothingLeft({
  type,
  restore,
  restoredAt,
}: Pick<UndoStory, 'type' | 'restore' | 'restoredAt'>):
  | 'linked'
  | 'unlinked'
  | 'replaced'
  | 'unchanged'
  | null {
  if (restore !== null || restoredAt !== null) return null;
  return type === 'signed_in' ? 'unchanged' : type;
}
