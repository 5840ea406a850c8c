import { PROBLEM_CODES } from '../../lib/contract/problems.ts';
import type { ProblemCode } from './contract.ts';

/** What only the way back from WeChat or QQ can say. */
export const FLOW_CODES = ['denied', 'snapshot_user', 'state_invalid'] as const;

/** What the client finds out by itself: it reached nobody, nobody answered in time, or somebody in front of the service did. */
export const LOCAL_CODES = ['network_error', 'no_answer', 'throttled', 'rejected', 'server_error'] as const;

export type FailureCode = ProblemCode | (typeof FLOW_CODES)[number] | (typeof LOCAL_CODES)[number];
export const FAILURE_CODES: readonly FailureCode[] = [...PROBLEM_CODES, ...FLOW_CODES, ...LOCAL_CODES];

/** Which check of Turnstile or Tencent a page is to show, and the key to show it with; no secret. */
export interface HumanChallenge {
  readonly kind: 'turnstile' | 'tencent';
  readonly siteKey: string;
}

/** What is wrong with one member of a request: `path` is a dotted path into it, empty for all of it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What a failure says beside its code, where it does. */
export interface FailureDetails {
  readonly status?: number | undefined;
  /** What to show where one has no words of one's own, in the language that was asked for. */
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  /** What is wrong, for `invalid_request`. */
  readonly errors?: readonly FieldError[] | undefined;
  /** Guesses that are left, for `code_wrong`. */
  readonly attemptsLeft?: number | undefined;
  /** When to try again. */
  readonly retryAfterSeconds?: number | undefined;
  /** What to pass, for `human_check_required`. */
  readonly humanCheck?: HumanChallenge | undefined;
}

/** The one error that calls reject with: a refusal that the contract names, or that there was no answer of it. */
export class Failure extends Error implements FailureDetails {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly status: number | undefined;
  readonly title: string | undefined;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly attemptsLeft: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly humanCheck: HumanChallenge | undefined;

  constructor(code: FailureCode, details: FailureDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.status = details.status;
    this.title = details.title;
    this.detail = details.detail;
    this.errors = details.errors;
    this.attemptsLeft = details.attemptsLeft;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.humanCheck = details.humanCheck;
  }
}

/** What was caught, as the failure it is; anything else is a fault on this side and told as one of the service. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('server_error', {}, { cause: error });
}

const known: ReadonlySet<string> = new Set(FAILURE_CODES);

/** A result of an OAuth flow, or the code of a problem, if it is a known one. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && known.has(code);
}
