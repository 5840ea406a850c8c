/**
 * The oldest browsers that the page is made for, those of 2022 with `dialog`. Syntax and styles are brought down to them by the
 * build; what they lack besides, `AbortSignal.timeout` for one, the page does without.
 */
export const OLDEST_BROWSERS = ['chrome99', 'edge99', 'firefox104', 'safari15.4'];
