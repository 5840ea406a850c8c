import type { Finish } from './channel.ts';
import { finishSlot, tabSlot } from './memory.ts';

/**
 * A code that a window ended with links whoever has scanned there. So a page takes it only from a window of its own: anybody can lead a
 * browser to the page where windows end, with a code of their own scan.
 */

const NAME_BYTES = 16;

/** Before a window is opened: it inherits what this tab remembers. */
export function nameTab(): void {
  if (tabSlot.get() !== null) return;
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  tabSlot.set([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** The code that this window ended with, from its address, where it does not stay. */
export function takeFinish(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('finish');
  if (code !== null)
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return code;
}

/** What this window has to hand to the tab that has opened it; undefined if there is nothing, or none has. */
export function handOver(code: string | null): Finish | undefined {
  const tab = tabSlot.get();
  return code === null || tab === null ? undefined : { code, tab };
}

/** The code, if a window of this tab handed it over. */
export function takeOver(finish: Finish | undefined): string | undefined {
  return finish && finish.tab === tabSlot.get() ? finish.code : undefined;
}

/** This tab itself has been to the provider, and is about to go back to the page it left. */
export function keepFinish(flowId: string | null, code: string | null): void {
  finishSlot.set(flowId === null || code === null ? null : `${flowId} ${code}`);
}

/** What the flow is to be finished with, if this tab has just come back from it; told once. */
export function keptFinish(flowId: string): string | undefined {
  const [of, code] = finishSlot.get()?.split(' ') ?? [];
  if (of !== undefined) finishSlot.set(null);
  return of === flowId ? code : undefined;
}
