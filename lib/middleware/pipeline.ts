/** All that a function's pipeline is made of, for a function to import in one line. */
export { anySession, type ReadAlso } from './any-session.ts';
export { anyone } from './anyone.ts';
export { batch, consumer } from './batch.ts';
export { browser } from './browser.ts';
export { busEvent, listener, onEvent } from './bus-event.ts';
export { cookiesOnly } from './cookies-only.ts';
export { eachMessage } from './each-message.ts';
export { eachRecord } from './each-record.ts';
export { body, form } from './form.ts';
export { endpoint, http } from './http.ts';
export { operator } from './operator.ts';
export type { Anyone, ByOperator, SignedIn } from './request.ts';
export { retryWhenStale } from './retry-when-stale.ts';
export { session } from './session.ts';
