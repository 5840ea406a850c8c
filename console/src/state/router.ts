import { useSyncExternalStore } from 'react';

/** What a page hands to the next one; kept in the history entry, so that it survives a reload and never shows in a URL. */
export interface RouteState {
  readonly notice?: 'session_ended' | 'signed_out' | 'signed_out_everywhere';
  readonly flow?: { readonly provider: string; readonly result: string };
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

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function routeState(): RouteState {
  return (window.history.state as RouteState | null) ?? {};
}
