/** What the browser keeps for this page. A browser that refuses storage costs comfort, never a function. */

type Area = 'localStorage' | 'sessionStorage';

function read(area: Area, key: string): string | null {
  try {
    return window[area].getItem(key);
  } catch {
    return null;
  }
}

function write(area: Area, key: string, value: string | null): void {
  try {
    if (value === null) window[area].removeItem(key);
    else window[area].setItem(key, value);
  } catch {
    // Storage is full or refused: the page then forgets, which it can live with.
  }
}

export interface Slot {
  readonly get: () => string | null;
  readonly set: (value: string | null) => void;
}

function slot(area: Area, key: string): Slot {
  return { get: () => read(area, key), set: (value) => write(area, key, value) };
}

/** Chosen language and appearance, for this browser; `public/boot.js` reads them too. */
export const languageSlot = slot('localStorage', 'console.language');
export const appearanceSlot = slot('localStorage', 'console.appearance');

/** What was signed in with last on this browser: the method alone, and nothing of whose it is. */
export const lastUsedSlot = slot('localStorage', 'sign_in.last_used');

/** For what purpose a dialog is open in this tab, and nothing else about it: the rest is the service's to say. */
export const purposeSlot = slot('sessionStorage', 'linking.purpose');
/** This tab itself went to WeChat or QQ: `link` or `sign_in`. */
export const sameTabSlot = slot('sessionStorage', 'linking.same_tab');
/** The page this tab left for the provider, to link; and how that visit ended, where only the URL told. */
export const returnSlot = slot('sessionStorage', 'linking.return');
export const hintSlot = slot('sessionStorage', 'linking.hint');
/** What that visit is to be finished with, where this tab's session is not the browser's: its flow and code. */
export const finishSlot = slot('sessionStorage', 'linking.finish');
/** The sign-in code that is on its way, so that its countdown survives a reload. */
export const signInSlot = slot('sessionStorage', 'sign_in.challenge');
/** The token of the "this wasn't me" link this tab was opened with, and the code that was sent for it. */
export const undoSlot = slot('sessionStorage', 'undo.token');
export const undoCodeSlot = slot('sessionStorage', 'undo.code');

/** Forget what belongs to a session, when it ends. */
export function forgetSession(): void {
  for (const remembered of [purposeSlot, sameTabSlot, returnSlot, hintSlot, finishSlot, signInSlot])
    remembered.set(null);
}
