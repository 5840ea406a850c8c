/** A website app as it is registered with a provider. */
export interface RegisteredApp {
  readonly appId: string;
  readonly appSecret: string;
  /** Where its callbacks may be (授权回调域): a host name, without scheme, port and path. */
  readonly callbackDomain: string;
}
