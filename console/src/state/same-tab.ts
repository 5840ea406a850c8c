import { returnSlot, sameTabSlot } from './memory.ts';

/** This tab goes to the provider itself, to link: where to come back to. */
export function leaveToLink(): void {
  sameTabSlot.set('link');
  returnSlot.set(window.location.href);
}

/** No window of its own is to take itself for this tab: it inherits what the tab remembers. */
export function forgetLeaving(): void {
  sameTabSlot.set(null);
  returnSlot.set(null);
}

/** What this tab went to the provider for, and the page of this origin it left; told once. */
export function cameBack(): { readonly went: string | null; readonly page: URL } {
  const went = sameTabSlot.get();
  const page = new URL(returnSlot.get() ?? '/', window.location.origin);
  forgetLeaving();
  return { went, page: page.origin === window.location.origin ? page : new URL('/', window.location.origin) };
}
