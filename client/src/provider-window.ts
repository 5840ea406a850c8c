import { nameTab } from './own-windows.ts';

const NAME = 'account-linking-provider';
const WIDTH = 640;
const HEIGHT = 680;

/**
 * Open an empty window to send to the provider later. Call it while the click lasts, or the browser blocks it.
 *
 * @param message what it shows until then
 * @returns null where the browser does not open one
 */
export function openProviderWindow(message: string): Window | null {
  const left = Math.max(0, window.screenX + (window.outerWidth - WIDTH) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - HEIGHT) / 2);
  const features = `popup,width=${WIDTH},height=${HEIGHT},left=${Math.round(left)},top=${Math.round(top)}`;
  nameTab();
  const opened = window.open('', NAME, features);
  if (!opened) return null;
  try {
    // The provider's page has no business with this one.
    opened.opener = null;
    opened.document.title = message;
    opened.document.body.textContent = message;
  } catch {
    // A window of that name was still open and shows another site: it is sent on all the same.
  }
  opened.focus();
  return opened;
}
