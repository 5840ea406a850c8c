import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import type { UndoState } from './use-undo.ts';

/** `direct`: what is suspended is given back, and nobody has to say that something wasn't them. */
export type View = 'loading' | 'failed' | 'gone' | 'unopened' | 'asked' | 'direct' | 'confirmed' | 'restored';

/** Of these nobody can say that it wasn't them, or needs to. A suspension that was lifted is something somebody did, unless it is there again. */
const isDirect = ({ type, restore }: UndoStory) =>
  type === 'suspended' || type === 'frozen' || (type === 'cleared' && restore !== null);

/** What the page shows of a link. */
export function viewOf(state: UndoState): View {
  if (state.phase !== 'told') return state.phase;
  const { story } = state;
  if (story.restoredAt !== null) return 'restored';
  if (story.confirmedAt !== null) return 'confirmed';
  return isDirect(story) ? 'direct' : 'asked';
}
