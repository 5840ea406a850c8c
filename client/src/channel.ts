/** What makes the link that a window has led to, where the session that began it is none of the window's. */
export interface Finish {
  readonly code: string;
  /** The tab that has opened this window: it alone takes the code. */
  readonly tab: string;
}

/**
 * Between the tabs and windows of this page. BroadcastChannel and not `opener.postMessage`, because a page of WeChat or
 * QQ with a Cross-Origin-Opener-Policy severs the opener. What is heard is a hint to ask the service, never the truth.
 */
export type Announcement =
  | { readonly type: 'changed' }
  | {
      readonly type: 'flow';
      readonly provider: string;
      readonly flowId: string | null;
      readonly result: string;
      readonly finish?: Finish | undefined;
    };

const NAME = 'account-linking';

export function announce(announcement: Announcement): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(announcement);
  channel.close();
}

/** @returns the function that stops listening */
export function listen(hear: (announcement: Announcement) => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = (event: MessageEvent<Announcement>) => hear(event.data);
  return () => channel.close();
}
