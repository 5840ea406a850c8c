import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { readConsoleOrigins } from '../config.ts';
import type { FlowIntent } from '../linking/account.ts';
import { isOAuthProvider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { Problem } from '../linking/problem.ts';
import type { Token } from '../linking/secrets.ts';
import type { DeadEnd } from '../linking/user-agent.ts';
import { type HttpResult, redirect } from './answer.ts';
import { problemResponse } from './problems.ts';
import { readReturnTo, tellPage } from './return-to.ts';

/** What the console's page is told of a flow; it believes `GET /account`, not this. */
interface Outcome {
  readonly provider: string;
  /** Undefined if the state was not this browser's to use. */
  readonly flow?:
    | { readonly intent: FlowIntent; readonly flowId: string; readonly returnTo?: string }
    | undefined;
  readonly result: string;
  /** What a window is finished with: in the fragment, which no server, log or `Referer` sees. */
  readonly finish?: Token | undefined;
}

/** The page for a flow that has ended: the one it was begun with, or else the console's own. */
export function oauthResultUrl(
  consoleOrigin: string | undefined,
  { provider, flow, result, finish }: Outcome,
): string {
  const page = flow?.returnTo ?? `${consoleOrigin}/oauth-result`;
  const told = tellPage(page, {
    provider,
    ...(flow && { intent: flow.intent, flow: flow.flowId }),
    result,
  });
  if (finish === undefined) return told;
  const url = new URL(told);
  url.hash = new URLSearchParams({ finish }).toString();
  return url.href;
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
  return refuseTo(undefined, problem, language, pathParameters?.['provider']);
}

/** The same for a sign-in, which may be to end at a page of its own: `return_to`, if that is a good one. */
export function refuseSignIn(
  problem: Problem,
  language: Language,
  { pathParameters, rawQueryString }: APIGatewayProxyEventV2,
): HttpResult {
  let returnTo: string | undefined;
  try {
    returnTo = readReturnTo(rawQueryString, readConsoleOrigins());
  } catch {
    // That is what the console's own page is told.
  }
  return refuseTo(returnTo, problem, language, pathParameters?.['provider']);
}

function refuseTo(
  returnTo: string | undefined,
  problem: Problem,
  language: Language,
  provider: string | undefined,
): HttpResult {
  const [consoleOrigin] = readConsoleOrigins();
  if (!isOAuthProvider(provider)) return problemResponse(new Problem('not_found'), language);
  if (problem.code === 'not_found' || consoleOrigin === undefined) return problemResponse(problem, language);
  const page = returnTo ?? `${consoleOrigin}/oauth-result`;
  return redirect(tellPage(page, { provider, result: problem.code }));
}
