import * as z from 'zod/mini';
import { humanChallenge } from '../../lib/contract/problem-bodies.ts';
import { Failure, type FailureCode, isFailureCode } from './failure.ts';

const text = z.string();
const fieldErrors = z.array(z.object({ path: text, message: text }));

function codeOfStatus(status: number): FailureCode {
  if (status === 401) return 'not_signed_in';
  if (status === 429) return 'throttled';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'server_error' : 'rejected';
}

function atLeastZero(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/**
 * Read an answer that is no success. The gateway answers some requests by itself, in a form of its own: an unknown
 * code is treated by its status.
 *
 * @param retryAfterHeader seconds, as the header has it (RFC 9110, section 10.2.3)
 */
export function readFailure(status: number, body: unknown, retryAfterHeader: string | null): Failure {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const humanCheck = humanChallenge.safeParse(problem['humanCheck']).data;
  const told = isFailureCode(problem['code']) ? problem['code'] : codeOfStatus(status);
  // A check that this page can't offer is a refusal like any other.
  const code = told === 'human_check_required' && !humanCheck ? codeOfStatus(status) : told;
  return new Failure(code, {
    status,
    title: text.safeParse(problem['title']).data,
    detail: text.safeParse(problem['detail']).data,
    errors: fieldErrors.safeParse(problem['errors']).data,
    attemptsLeft: atLeastZero(problem['attemptsLeft']),
    retryAfterSeconds: atLeastZero(problem['retryAfter']) ?? atLeastZero(retryAfterHeader),
    humanCheck: code === 'human_check_required' ? humanCheck : undefined,
  });
}
