import type { HttpResult } from '../http/answer.ts';
import { problemResponse } from '../http/problems.ts';
import { AssertionInvalid } from '../linking/assertion.ts';
import type { Language } from '../linking/language.ts';
import { Problem } from '../linking/problem.ts';
import { SpendingCapReached } from '../linking/spending.ts';
import {
  describeError,
  type MetricName,
  noteAssertionRefused,
  noteCapReached,
  type Observer,
  systemObserver,
} from '../observe.ts';
import { chooseLanguage, type Negotiated } from './caller.ts';
import { type Middleware, middleware, type Request, type WithDependencies } from './request.ts';

const METRIC_BY_CODE: Partial<Record<Problem['code'], MetricName>> = {
  code_wrong: 'CodeWrong',
  too_many_attempts: 'GuessBudgetSpent',
  quota_exceeded: 'QuotaExceeded',
  country_not_served: 'CountryNotServed',
  human_check_required: 'HumanCheckRequired',
  identity_registered: 'IdentityConflict',
  identity_linked: 'IdentityConflict',
  identity_sub_account: 'IdentityConflict',
};

/** What nobody foresaw is the store's or our own fault, and says nothing of itself. */
function toProblem(error: unknown, observer: Observer): Problem {
  if (!(error instanceof Problem)) {
    observer.count('Fault');
    observer.error('fault', describeError(error));
    return new Problem('unavailable', { retryAfter: 1 });
  }
  const metric = METRIC_BY_CODE[error.code];
  if (metric) observer.count(metric);
  if (error instanceof SpendingCapReached) noteCapReached(observer, error);
  if (error instanceof AssertionInvalid) noteAssertionRefused(observer, error);
  return error;
}

/** How a refusal is told: as a problem document, unless a route is one that no page reads. */
export type Refuse = (problem: Problem, language: Language, event: Request['event']) => HttpResult;

/**
 * Turns whatever was thrown below into an answer of the contract. Ours, since middy's answers in plain text and logs the error whole,
 * with what the caller typed.
 */
export function problems(refuse: Refuse = problemResponse): Middleware {
  return middleware<unknown, Partial<WithDependencies> & Negotiated>({
    onError(request) {
      const { event, context, error, internal } = request;
      const problem = toProblem(error, context.dependencies?.observer ?? systemObserver);
      internal.problem = problem;
      request.response = refuse(problem, chooseLanguage(context), event);
    },
  });
}
