import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../linking/language.ts';
import type { Problem, ProblemCode } from '../linking/problem.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';

/** The one table from code to status. */
export const STATUS: Record<ProblemCode, number> = {
  origin_not_allowed: 403,
  not_signed_in: 401,
  invalid_request: 400,
  not_found: 404,
  sub_account: 403,
  not_linkable: 409,
  registered_method: 409,
  already_linked: 409,
  not_linked: 404,
  account_frozen: 403,
  phone_missing: 409,
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
};

/** A problem as RFC 9457 has it. `type` is a URN of the code: stable, and the same for every deployment. */
export function problemResponse(problem: Problem, language: Language): APIGatewayProxyStructuredResultV2 {
  const { code, extensions } = problem;
  const status = STATUS[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': language,
      ...(extensions.retryAfter !== undefined && { 'retry-after': String(extensions.retryAfter) }),
    },
    body: JSON.stringify({
      type: `urn:account-linking:problem:${code}`,
      ...PROBLEM_TEXTS[language][code],
      status,
      code,
      ...extensions,
    }),
  };
}
