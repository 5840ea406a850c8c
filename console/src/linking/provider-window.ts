import { openProviderWindow as open } from '../../../client/src/provider-window.ts';
import { forgetLeaving } from '../state/same-tab.ts';

/** Opens an empty window to send to the provider later, as the client does. */
export function openProviderWindow(message: string): Window | null {
  // It inherits this tab's session storage, and must not take itself for this tab.
  forgetLeaving();
  return open(message);
}
