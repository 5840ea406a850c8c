import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { readConsoleOrigin } from '../config.ts';
import type { FlowIntent } from '../linking/account.ts';
import { isOAuthProvider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { Problem } from '../linking/problem.ts';
import type { DeadEnd } from '../linking/user-agent.ts';
import { type HttpResult, redirect } from './answer.ts';
import { problemResponse } from './problems.ts';

/** What the console's page is told of a flow; it believes `GET /account`, not this. */
interface Outcome {
  readonly provider: string;
  /** Undefined if the state was not this browser's to use. */
  readonly flow?: { readonly intent: FlowIntent; readonly flowId: string } | undefined;
  readonly result: string;
}

/** The console's page for a flow that has ended. */
export function oauthResultUrl(
  consoleOrigin: string | undefined,
  { provider, flow, result }: Outcome,
): string {
  const query = new URLSearchParams({
    provider,
    ...(flow && { intent: flow.intent, flow: flow.flowId }),
    result,
  });
  return `${consoleOrigin}/oauth-result?${query}`;
}

/** The console's page that says how to sign in with WeChat on a phone. */
export function onPhoneUrl(consoleOrigin: string | undefined, place: DeadEnd): string {
  return `${consoleOrigin}/wechat-on-phone?${new URLSearchParams({ place })}`;
}

/**
 * Leads a browser that is on its way to a provider, or back from it, to the console, whatever went wrong: on a problem document it
 * would be stuck. This holds
 * even if the function could not start, as long as its settings say where the console is.
 */
export function refuseToConsole(
  problem: Problem,
  language: Language,
  { pathParameters }: APIGatewayProxyEventV2,
): HttpResult {
  const consoleOrigin = readConsoleOrigin();
  const provider = pathParameters?.['provider'];
  if (!isOAuthProvider(provider)) return problemResponse(new Problem('not_found'), language);
  if (problem.code === 'not_found' || consoleOrigin === undefined) return problemResponse(problem, language);
  return redirect(oauthResultUrl(consoleOrigin, { provider, result: problem.code }));
}
