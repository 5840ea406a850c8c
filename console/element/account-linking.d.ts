/** Types of the element `<account-linking>`, for the TypeScript of the console it is on. What it does is in docs/console.md. */

/** What a `changed` event tells in `detail`. */
export interface ChangedDetail {
  /** `replace`: it took the place of the one before. `clear`: its suspension was lifted. `only`: it was kept alone, and every other method is suspended. */
  readonly action: 'link' | 'unlink' | 'replace' | 'clear' | 'only' | 'preferences' | 'export';
  readonly provider: 'email' | 'wechat' | 'qq' | 'assertion';
  /** Masked address, or nickname. */
  readonly display: string;
}

export interface AccountLinkingEventMap extends HTMLElementEventMap {
  /** Something was linked, unlinked, cleared or kept alone, and the table shows it. */
  changed: CustomEvent<ChangedDetail>;
  /** The customer unlinked what they had signed in by, and has read so: lead to your sign-in page. */
  'signed-out': CustomEvent<null>;
  /** There is no session, or it has ended. */
  'not-signed-in': CustomEvent<null>;
}

/**
 * Gives the token of the customer's session, the same one for as long as it is good; null where nobody is signed in. `renew` is true where
 * the one that it gave last was refused.
 */
export type GetToken = (asked: { readonly renew: boolean }) => string | null | Promise<string | null>;

export interface AccountLinkingElement extends HTMLElement {
  /** Of a console on another site than the API: what requests are sent with, in place of cookies. Set it before the element's script runs. */
  getToken: GetToken | undefined;
  addEventListener<Type extends keyof AccountLinkingEventMap>(
    type: Type,
    listener: (this: AccountLinkingElement, event: AccountLinkingEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof AccountLinkingEventMap>(
    type: Type,
    listener: (this: AccountLinkingElement, event: AccountLinkingEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'account-linking': AccountLinkingElement;
  }
}
