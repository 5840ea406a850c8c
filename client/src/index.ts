/** The client of account-linking. README.md shows how it is used. */

export type { GetToken } from './bearer.ts';
export type { CallOptions, ClientOptions } from './call.ts';
export { type Client, createClient } from './client.ts';
export { createServerClock, type ServerClock } from './clock.ts';
export type * from './contract.ts';
export { countDown, millisUntilNextSecond, secondsUntil } from './countdown.ts';
export {
  FAILURE_CODES,
  Failure,
  type FailureCode,
  type FailureDetails,
  type FieldError,
  type HumanChallenge,
} from './failure.ts';
export { type LinkInWindow, linkInWindow } from './link-in-window.ts';
export { type Outcome, parseOutcome, resultCode } from './outcome.ts';
export { openProviderWindow } from './provider-window.ts';
export { reportOutcome } from './report-outcome.ts';
