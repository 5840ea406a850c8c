/** The apps of one owner as they are registered with a provider. */
export interface RegisteredApp {
  readonly appId: string;
  readonly appSecret: string;
  /** Where its callbacks may be (授权回调域): a host name, without scheme, port and path. */
  readonly callbackDomain: string;
  /** The one for the provider's own browser, with the same callbacks. */
  readonly inApp?: { readonly appId: string; readonly appSecret: string };
}
