import { useSyncExternalStore } from 'react';
import type { WayIn } from '../../../lib/linking/identity.ts';

/** What a page hands to the next one; kept in the history entry, so that it survives a reload and never shows in a URL. */
export interface RouteState {
  readonly notice?: 'session_ended' | Farewell['notice'];
  /** With `disowned`: the method that nobody signs in with any more. */
  readonly suspended?: WayIn;
  readonly flow?: { readonly provider: string; readonly result: string };
  /** Somebody has just signed in. */
  readonly signedIn?: true;
}

/** How a customer has ended their own session. */
export interface Farewell extends Pick<RouteState, 'suspended'> {
  readonly notice: 'signed_out' | 'signed_out_everywhere' | 'disowned';
}

const CHANGED = 'console:route';

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/** Go to another page of the console. `replace` leaves no entry to come back to. */
export function navigate(
  path: string,
  options: { readonly replace?: boolean; readonly state?: RouteState } = {},
): void {
  const state = options.state ?? null;
  if (options.replace) window.history.replaceState(state, '', path);
  else window.history.pushState(state, '', path);
  window.scrollTo(0, 0);
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * The page that a path asks for. A link to `/not-me#…` may come as `/not-me%23…`, or with more after it: to a browser and to a host
 * those are other paths.
 */
export function pageOf(path: string): string {
  return /^\/not-me(?![\w-])/.test(path) ? '/not-me' : path;
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => pageOf(window.location.pathname));
}

export function routeState(): RouteState {
  return (window.history.state as RouteState | null) ?? {};
}

/** Whether somebody has just signed in; told once, and not again after a reload. */
export function takeSignedIn(): boolean {
  const { signedIn, ...rest } = routeState();
  if (signedIn) window.history.replaceState(rest, '');
  return signedIn === true;
}
