import * as z from 'zod/mini';
import { HUMAN_CHECK_KINDS } from '../linking/human-check.ts';
import type { ProblemCode, ProblemExtensions } from '../linking/problem.ts';
import { STATUS, TYPE_PREFIX } from './problems.ts';

const text = z.string().check(z.regex(/\S/));
const fieldErrors = z
  .array(z.object({ path: z.string(), message: z.string().check(z.minLength(1)) }))
  .check(z.minLength(1));
const attemptsLeft = z.int().check(z.gte(0));
/** Seconds, as in the header `Retry-After`. */
const retryAfter = z.int().check(z.gte(1));
export const humanChallenge = z.object({ kind: z.enum(HUMAN_CHECK_KINDS), siteKey: text });

/** What a problem says besides: always that, and no more. */
export const EXTENSIONS: Partial<
  Record<ProblemCode, Partial<Record<keyof ProblemExtensions, z.ZodMiniType>>>
> = {
  invalid_request: { errors: fieldErrors },
  account_frozen: { retryAfter },
  on_probation: { retryAfter },
  code_wrong: { attemptsLeft },
  too_many_attempts: { retryAfter },
  too_soon: { retryAfter },
  quota_exceeded: { retryAfter },
  human_check_required: { humanCheck: humanChallenge },
  unavailable: { retryAfter },
};

/** The body of a problem, as RFC 9457 has it. */
export function problemSchema(code: ProblemCode) {
  return z.object({
    type: z.literal(`${TYPE_PREFIX}${code}`),
    title: text,
    status: z.literal(STATUS[code]),
    detail: text,
    code: z.literal(code),
    ...EXTENSIONS[code],
  });
}
