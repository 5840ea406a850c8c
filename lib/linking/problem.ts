import type { HumanChallenge } from './human-check.ts';

/** Every error code of the HTTP contract. The status of each is in `lib/contract/problems.ts`, its texts in `lib/http/problem-texts.ts`. */
export type ProblemCode =
  | 'origin_not_allowed'
  | 'not_signed_in'
  | 'assertion_invalid'
  | 'invalid_request'
  | 'not_found'
  | 'sub_account'
  | 'not_linkable'
  | 'registered_method'
  | 'already_linked'
  | 'not_linked'
  | 'account_frozen'
  | 'account_suspended'
  | 'account_unknown'
  | 'on_probation'
  | 'method_suspended'
  | 'not_suspended'
  | 'phone_missing'
  | 'country_not_served'
  | 'recipient_opted_out'
  | 'assertion_invalid'
  | 'account_suspended'
  | 'account_unknown'
  | 'identity_unknown'
  | 'operator_only'
  | 'identity_check_required'
  | 'human_check_required'
  | 'undo_expired'
  | 'code_expired'
  | 'code_wrong'
  | 'too_many_attempts'
  | 'too_soon'
  | 'quota_exceeded'
  | 'identity_registered'
  | 'identity_linked'
  | 'identity_sub_account'
  | 'delivery_failed'
  | 'provider_failed'
  | 'unavailable';

/** What is wrong with one member of a request: `path` is a dotted path into the body, empty for the body as a whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The members that RFC 9457 calls extensions. */
export interface ProblemExtensions {
  readonly errors?: readonly FieldError[];
  readonly attemptsLeft?: number;
  /** Seconds, at least 1; also sent as the `Retry-After` header. */
  readonly retryAfter?: number;
  /** The check that a page is to show. */
  readonly humanCheck?: HumanChallenge;
}

/** The one error that reaches a caller: a refusal the contract names. Anything else that is thrown is a fault. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly extensions: ProblemExtensions;

  constructor(code: ProblemCode, extensions: ProblemExtensions = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.extensions = extensions;
  }
}
