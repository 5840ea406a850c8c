import type { Locator, Page } from 'playwright-core';

/**
 * Called at every state a customer can meet, with the page in it.
 *
 * @param name in the order of the tour; a state of the user guide by the step it belongs to
 * @param part what the state is about, such as a dialog; the whole page without
 */
export type At = (name: string, part?: Locator | Page) => Promise<void>;

/** A code that is not the right one. */
export const wrong = (code: string): string => (code === '000000' ? '111111' : '000000');
