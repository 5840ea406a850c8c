import type { Finish } from './channel.ts';

/**
 * A code that a window ended with links whoever has scanned there. So a page takes it only from a window of its own: anybody can lead a
 * browser to the page where windows end, with a code of their own scan.
 */

/** Names this tab to itself and to the windows it opens, which inherit it, and to no other page. */
const KEY = 'linking.tab';
const NAME_BYTES = 16;

/** A browser that refuses storage names no tab: then nothing is handed over. */
function tabName(): string | null {
  try {
    return window.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Before a window is opened: it inherits what this tab remembers. */
export function nameTab(): void {
  if (tabName() !== null) return;
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  const name = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    window.sessionStorage.setItem(KEY, name);
  } catch {
    // See `tabName`.
  }
}

/** The code that this window ended with, from its address, where it does not stay. */
export function takeFinish(): string | null {
  const { hash, pathname, search } = window.location;
  const code = new URLSearchParams(hash.slice(1)).get('finish');
  if (code !== null) window.history.replaceState(window.history.state, '', pathname + search);
  return code;
}

/** What this window has to hand to the tab that has opened it; undefined if there is nothing, or none has. */
export function handOver(code: string | null): Finish | undefined {
  const tab = tabName();
  return code === null || tab === null ? undefined : { code, tab };
}

/** The code, if a window of this tab handed it over. */
export function takeOver(finish: Finish | undefined): string | undefined {
  return finish && finish.tab === tabName() ? finish.code : undefined;
}
