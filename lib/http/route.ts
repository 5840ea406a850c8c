import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Settings } from '../config.ts';
import type { Core, Provide } from '../dependencies.ts';
import type { AccountId, AccountView } from '../linking/account.ts';
import type { Purpose } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { SpendingCapReached } from '../linking/spending.ts';
import { describeError, type MetricName, noteCapReached, type Observer } from '../observe.ts';
import { retryWhenStale } from '../table/retry-when-stale.ts';
import { readAccountView } from '../table/views.ts';
import { parseBody } from './body.ts';
import { problemResponse } from './problems.ts';
import { type HttpRequest, languageOf, readRequest } from './request.ts';

export type HttpResult = APIGatewayProxyStructuredResultV2;

/** One endpoint, apart from how it is run. Refusals are thrown as `Problem`. */
export type Route<Dependencies extends Core> = (
  request: HttpRequest,
  dependencies: Dependencies,
) => Promise<HttpResult>;

export function json(statusCode: number, body: unknown, cookies: string[] = []): HttpResult {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { statusCode, headers, body: JSON.stringify(body), ...(cookies.length > 0 && { cookies }) };
}

/** A request that changes something comes from the configured consoles, or from no page at all. */
function requireAllowedOrigin({ headers, requestContext }: APIGatewayProxyEventV2, settings: Settings): void {
  const { origin } = headers;
  if (requestContext.http.method === 'GET' || origin === undefined) return;
  if (!settings.CONSOLE_ORIGINS.includes(origin)) throw new Problem('origin_not_allowed');
}

/** What was asked for, or why it is no such thing: kept until the checks that come first have passed. */
type Parsed<Form> = { readonly form: Form } | { readonly problem: Problem };

function parseLater<Form>(parse: () => Form): Parsed<Form> {
  try {
    return { form: parse() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}

export interface Judging<Dependencies, Form> {
  readonly request: HttpRequest;
  readonly dependencies: Dependencies;
  readonly form: Form;
  readonly now: EpochSeconds;
}

/** The endpoint of somebody who need not be signed in. `handle` is run again where it finds that what it judged by has changed. */
export function publicRoute<Dependencies extends Core, Form>(spec: {
  readonly parse: (request: HttpRequest) => Form;
  readonly handle: (judging: Judging<Dependencies, Form>) => Promise<HttpResult>;
}): Route<Dependencies> {
  return async (request, dependencies) => {
    requireAllowedOrigin(request.event, dependencies.settings);
    const form = spec.parse(request);
    return retryWhenStale(dependencies.table, () =>
      spec.handle({ request, dependencies, form, now: epochSeconds(dependencies.clock) }),
    );
  };
}

/**
 * The endpoint of a signed-in user. Checked in the contract's order: origin, session, form; the rest is `handle`'s, which is
 * run again, on a new view, where what it judged by has changed before it could write.
 */
export function accountRoute<Dependencies extends Core, Form, More = undefined>(spec: {
  readonly parse: (request: HttpRequest) => Form;
  /** The challenges `handle` needs; they are read together with the session. */
  readonly purposes: (form: Form) => readonly Purpose[];
  /** What is read at the same time as the session, of the account that the session claims to be of. */
  readonly more?: (reading: {
    readonly dependencies: Dependencies;
    readonly form: Form;
    readonly accountId: AccountId;
    readonly now: EpochSeconds;
  }) => Promise<More>;
  readonly handle: (
    judging: Judging<Dependencies, Form> & { readonly view: AccountView; readonly more: More },
  ) => Promise<HttpResult>;
}): Route<Dependencies> {
  return async (request, dependencies) => {
    requireAllowedOrigin(request.event, dependencies.settings);
    const { sessionRef } = request;
    if (sessionRef === undefined) throw new Problem('not_signed_in');
    const parsed = parseLater(() => spec.parse(request));
    const purposes = 'form' in parsed ? spec.purposes(parsed.form) : [];
    return retryWhenStale(dependencies.table, async () => {
      const now = epochSeconds(dependencies.clock);
      const { accountId } = sessionRef;
      const [view, more] = await Promise.all([
        readAccountView(dependencies.table, sessionRef, purposes, now),
        'form' in parsed ? spec.more?.({ dependencies, form: parsed.form, accountId, now }) : undefined,
      ]);
      if (view === undefined) throw new Problem('not_signed_in');
      if ('problem' in parsed) throw parsed.problem;
      return spec.handle({ request, dependencies, form: parsed.form, view, more: more as More, now });
    });
  };
}

/** Parses a request whose form is its body. */
export function body<Form>(schema: z.ZodMiniType<Form>): (request: HttpRequest) => Form {
  return ({ event }) => parseBody(event, schema);
}

const METRIC_OF_PROBLEM: Partial<Record<Problem['code'], MetricName>> = {
  code_wrong: 'CodeWrong',
  too_many_attempts: 'GuessBudgetSpent',
  quota_exceeded: 'QuotaExceeded',
  human_check_required: 'HumanCheckRequired',
  identity_registered: 'IdentityConflict',
  identity_linked: 'IdentityConflict',
  identity_sub_account: 'IdentityConflict',
};

/** What nobody foresaw is the store's or our own fault, and says nothing of itself. */
function asProblem(error: unknown, observer: Observer): Problem {
  if (error instanceof Problem) {
    const metric = METRIC_OF_PROBLEM[error.code];
    if (metric) observer.count(metric);
    if (error instanceof SpendingCapReached) noteCapReached(observer, error);
    return error;
  }
  observer.count('Fault');
  observer.error('fault', describeError(error));
  return new Problem('unavailable', { retryAfter: 1 });
}

/** An answer is kept by nobody, leads nowhere by itself, and is shown as a page by no browser. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function withCommonHeaders(result: HttpResult): HttpResult {
  return { ...result, headers: { ...COMMON_HEADERS, ...result.headers } };
}

export type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<HttpResult>;

/**
 * Runs a route as a Lambda function behind an HTTP API. Whatever happens, the answer is one of the contract's.
 *
 * @param dependencies rejects where the service can't be started as it is set up; that is logged where it happens
 */
export function createHandler<Dependencies extends Core>(
  route: Route<Dependencies>,
  dependencies: () => Promise<Dependencies>,
): HttpHandler {
  return async (event) => {
    const language = languageOf(event);
    const ready = await dependencies().catch(() => undefined);
    if (ready === undefined)
      return withCommonHeaders(problemResponse(new Problem('unavailable', { retryAfter: 1 }), language));

    const { observer, clock } = ready;
    const startedAt = clock();
    let code = 'ok';
    let result: HttpResult;
    try {
      result = await route(readRequest(event, language), ready);
    } catch (error) {
      const problem = asProblem(error, observer);
      code = problem.code;
      result = problemResponse(problem, language);
    }
    const durationMilliseconds = clock() - startedAt;
    observer.info('request', {
      route: event.routeKey,
      status: result.statusCode,
      code,
      durationMilliseconds,
    });
    observer.flush();
    return withCommonHeaders(result);
  };
}

/** Makes a route the handler of a Lambda function. */
export function bind<More>(route: Route<Core & More>, provided: Provide<More>): HttpHandler {
  return createHandler(route, provided);
}
