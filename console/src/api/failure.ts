import { PROBLEM_CODES } from '../../../lib/contract/problems.ts';
import type { HumanChallenge } from '../../../lib/linking/human-check.ts';

/** What only the way back from WeChat or QQ can say. */
export const FLOW_CODES = ['denied', 'snapshot_user', 'state_invalid'] as const;

/** What the page finds out by itself: it reached nobody, nobody answered in time, or somebody in front of the service did. */
export const LOCAL_CODES = ['network_error', 'no_answer', 'throttled', 'rejected', 'server_error'] as const;

export const FAILURE_CODES = [...PROBLEM_CODES, ...FLOW_CODES, ...LOCAL_CODES] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface FailureDetails {
  readonly status?: number;
  /** Guesses that are left, for `code_wrong`. */
  readonly attemptsLeft?: number;
  readonly retryAfterSeconds?: number;
  /** What to pass, for `human_check_required`. */
  readonly humanCheck?: HumanChallenge;
}

/** The one error the client throws. What it means to a customer is in `texts/`. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly status: number | undefined;
  readonly attemptsLeft: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly humanCheck: HumanChallenge | undefined;

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
