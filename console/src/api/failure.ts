import { HUMAN_CHECK_KINDS, type HumanCheck } from './types.ts';

/** The codes the service answers with (RFC 9457 `code` member). */
export const PROBLEM_CODES = [
  'origin_not_allowed',
  'not_signed_in',
  'invalid_request',
  'not_found',
  'sub_account',
  'not_linkable',
  'registered_method',
  'already_linked',
  'not_linked',
  'account_frozen',
  'phone_missing',
  'identity_check_required',
  'code_expired',
  'code_wrong',
  'too_many_attempts',
  'too_soon',
  'quota_exceeded',
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
  'delivery_failed',
  'provider_failed',
  'human_check_required',
  'undo_expired',
  'unavailable',
] as const;

/** What only the way back from WeChat or QQ can say. */
export const FLOW_CODES = ['denied', 'identity_unknown', 'state_invalid'] as const;

/** What the page finds out by itself: nobody answered, or somebody in front of the service did. */
export const LOCAL_CODES = ['network_error', 'throttled', 'rejected', 'server_error'] as const;

export const FAILURE_CODES = [...PROBLEM_CODES, ...FLOW_CODES, ...LOCAL_CODES] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface FailureDetails {
  readonly status?: number;
  /** Guesses that are left, for `code_wrong`. */
  readonly attemptsLeft?: number;
  readonly retryAfterSeconds?: number;
  /** What to pass, for `human_check_required`. */
  readonly humanCheck?: HumanCheck;
}

/** The one error the client throws. What it means to a customer is in `texts/`. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly status: number | undefined;
  readonly attemptsLeft: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly humanCheck: HumanCheck | undefined;

  constructor(code: FailureCode, details: FailureDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.status = details.status;
    this.attemptsLeft = details.attemptsLeft;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.humanCheck = details.humanCheck;
  }
}

/** What was caught, as the failure it is; anything else is a fault of the page and told as one of the service. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('server_error', {}, { cause: error });
}

const known: ReadonlySet<string> = new Set(FAILURE_CODES);

/** A result of an OAuth flow, or the code of a problem, if it is one the page has words for. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && known.has(code);
}

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

function readHumanCheck(value: unknown): HumanCheck | undefined {
  const { kind, siteKey } = typeof value === 'object' && value !== null ? (value as Partial<HumanCheck>) : {};
  const known = HUMAN_CHECK_KINDS.find((candidate) => candidate === kind);
  return known && typeof siteKey === 'string' && siteKey !== '' ? { kind: known, siteKey } : undefined;
}

/**
 * Read an answer that is no success. The gateway answers some requests by itself, in a form of its own: an unknown
 * code is treated by its status.
 *
 * @param retryAfterHeader seconds, as the header has it (RFC 9110, section 10.2.3)
 */
export function readFailure(status: number, body: unknown, retryAfterHeader: string | null): Failure {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const humanCheck = readHumanCheck(problem['humanCheck']);
  const told = isFailureCode(problem['code']) ? problem['code'] : codeOfStatus(status);
  // A check that this page can't offer is a refusal like any other.
  const code = told === 'human_check_required' && !humanCheck ? codeOfStatus(status) : told;
  const attemptsLeft = atLeastZero(problem['attemptsLeft']);
  const retryAfterSeconds = atLeastZero(problem['retryAfter']) ?? atLeastZero(retryAfterHeader);
  return new Failure(code, {
    status,
    ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(humanCheck && code === 'human_check_required' ? { humanCheck } : {}),
  });
}
