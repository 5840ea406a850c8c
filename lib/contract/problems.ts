import type { ProblemCode } from '../linking/problem.ts';

/** The one table from code to status. */
export const STATUS = {
  origin_not_allowed: 403,
  not_signed_in: 401,
  assertion_invalid: 401,
  invalid_request: 400,
  not_found: 404,
  sub_account: 403,
  not_linkable: 409,
  registered_method: 409,
  already_linked: 409,
  not_linked: 404,
  account_frozen: 403,
  account_suspended: 403,
  account_unknown: 404,
  on_probation: 403,
  method_suspended: 403,
  not_suspended: 409,
  phone_missing: 409,
  country_not_served: 409,
  recipient_opted_out: 409,
  identity_unknown: 404,
  operator_only: 403,
  identity_check_required: 403,
  human_check_required: 403,
  undo_expired: 410,
  code_expired: 410,
  code_wrong: 422,
  too_many_attempts: 429,
  too_soon: 429,
  quota_exceeded: 429,
  identity_registered: 409,
  identity_linked: 409,
  identity_sub_account: 409,
  delivery_failed: 502,
  provider_failed: 502,
  unavailable: 503,
} as const satisfies Record<ProblemCode, number>;

export const PROBLEM_CODES = /* @__PURE__ */ Object.keys(STATUS) as ProblemCode[];

/** How a problem's `type` begins; its code follows. A URN: stable, and the same for every deployment. */
export const TYPE_PREFIX = 'urn:account-linking:problem:';
