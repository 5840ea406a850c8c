import { undoCodeSlot, undoSlot } from './memory.ts';

/** `accountId.eventId.mac`. The page's own fragments, such as that of the skip link, are none. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** @param hash of a location, with its `#` */
export function parseUndoToken(hash: string): string | null {
  const token = hash.slice(1);
  return TOKEN.test(token) ? token : null;
}

/**
 * The token this tab was opened with. It is taken out of the address at once, so that it is neither copied with it nor
 * left in the browser's history, and kept for this tab, so that a reload goes on.
 */
export function takeUndoToken(): string | null {
  const { hash, pathname, search } = window.location;
  const token = parseUndoToken(hash);
  if (token === null) return undoSlot.get();
  window.history.replaceState(window.history.state, '', pathname + search);
  if (token !== undoSlot.get()) undoCodeSlot.set(null);
  undoSlot.set(token);
  return token;
}

/** Leaving the page means being done with the link. */
export function forgetUndoToken(): void {
  undoSlot.set(null);
  undoCodeSlot.set(null);
}
