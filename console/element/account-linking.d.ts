/** Types of the element `<account-linking>`, for the TypeScript of the console it is on. What it does is in docs/console.md. */

/** What a `changed` event tells in `detail`. */
export interface ChangedDetail {
  /** `clear`: its suspension was lifted. `only`: it was kept alone, and every other method is suspended. */
  readonly action: 'link' | 'unlink' | 'clear' | 'only';
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

export interface AccountLinkingElement extends HTMLElement {
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
