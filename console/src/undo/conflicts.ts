import type { FailureCode } from '../../../client/src/failure.ts';

/** What trying again can't change: the identity has another owner by now, or there is no phone to check with. */
const SETTLED: readonly FailureCode[] = [
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
  'phone_missing',
];

/** Restoring is over with this answer; there is no use in another code. */
export function isSettled(code: FailureCode): boolean {
  return SETTLED.includes(code);
}

/** No code is waiting any more after this answer. */
export function isSpent(code: FailureCode): boolean {
  return isSettled(code) || code === 'code_expired' || code === 'too_many_attempts';
}
