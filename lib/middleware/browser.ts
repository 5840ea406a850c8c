import { browserCookie } from '../http/cookies.ts';
import { newToken } from '../linking/secrets.ts';
import {
  type Middleware,
  middleware,
  type Request,
  type WithCaller,
  type WithDependencies,
} from './request.ts';

/** What a request has come to before it was refused. */
type Found = Partial<WithCaller & WithDependencies>;

function giveToken(request: Request<Found>): void {
  const { response, context } = request;
  if (!response || !context.dependencies || !context.caller) return;
  const { browserToken, isBearer } = context.caller;
  // A flow of a bearer is bound to the browser that its window opens in, by that window.
  if (browserToken || isBearer) return;
  const cookie = browserCookie(newToken(context.dependencies.random));
  request.response = { ...response, cookies: [...(response.cookies ?? []), cookie] };
}

/**
 * Gives a browser that has none the token that all its OAuth flows are bound to, with an answer and a refusal alike. It stands above
 * `http`. Without it, two flows that begin at once bring a token each, and the browser keeps the last.
 */
export function browser(): Middleware {
  return middleware<unknown, Found>({ after: giveToken, onError: giveToken });
}
