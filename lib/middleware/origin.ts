import { Problem } from '../linking/problem.ts';
import { type Middleware, middleware, type Request, type WithDependencies } from './request.ts';

/** A request that changes something comes from the configured consoles, or from no page at all. @throws Problem `origin_not_allowed` */
function requireAllowedOrigin({ event, context }: Request<WithDependencies>): void {
  const { origin } = event.headers;
  if (event.requestContext.http.method === 'GET' || origin === undefined) return;
  if (!context.dependencies.settings.CONSOLE_ORIGINS.includes(origin))
    throw new Problem('origin_not_allowed');
}

/** A check of ours: CORS itself is the gateway's, and only tells a browser whom it may show the answer to. */
export function origin(): Middleware {
  return middleware<unknown, WithDependencies>({ before: requireAllowedOrigin });
}
