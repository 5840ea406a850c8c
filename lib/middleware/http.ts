import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import httpContentNegotiation from '@middy/http-content-negotiation';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Provide } from '../dependencies.ts';
import type { HttpResult } from '../http/answer.ts';
import { logger, metrics } from '../observe.ts';
import { AVAILABLE_LANGUAGES, caller } from './caller.ts';
import { clientIp } from './client-ip.ts';
import { dependencies } from './dependencies.ts';
import { headers } from './headers.ts';
import { origin } from './origin.ts';
import { problems, type Refuse } from './problems.ts';
import type { Middleware, WithCaller, WithDependencies } from './request.ts';
import { requestLog } from './request-log.ts';

/** Left of the function's time when it is cut short, so that the answer is still our own. */
const TIMEOUT_EARLY_MILLISECONDS = 500;

/** The function of one route. */
export function endpoint() {
  return middy<APIGatewayProxyEventV2, HttpResult, Error, Context>({
    timeoutEarlyInMillis: TIMEOUT_EARLY_MILLISECONDS,
  });
}

/**
 * What every route begins with, in the contract's order of checks. What stands above `problems` sees every answer; Powertools' own two
 * stand first, since they replace `request.internal` by a copy.
 *
 * @param refuse how refusals are told, if not as problem documents
 */
export function http<More>(
  provided: Provide<More>,
  refuse?: Refuse,
): Middleware<WithCaller & WithDependencies<More>>[] {
  return [
    // Events hold codes and tokens: they are not logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
    injectLambdaContext(logger, { resetKeys: true, logEvent: false }),
    logMetrics(metrics),
    requestLog(),
    headers(),
    problems(refuse),
    httpHeaderNormalizer(),
    httpContentNegotiation({
      availableLanguages: AVAILABLE_LANGUAGES,
      defaultToFirstLanguage: true,
      parseCharsets: false,
      parseEncodings: false,
      parseMediaTypes: false,
    }),
    caller(),
    dependencies(provided),
    clientIp(),
    origin(),
  ] as Middleware<WithCaller & WithDependencies<More>>[];
}
