import { systemObserver } from '../observe.ts';
import { type Middleware, middleware, type Request, type WithDependencies } from './request.ts';

function start({ internal }: Request): void {
  internal.startedAtMilliseconds = performance.now();
}

/** No path, query or body: those hold codes, tokens and addresses. */
function writeLine({ event, context, response, internal }: Request<Partial<WithDependencies>>): void {
  const { observer } = context.dependencies ?? { observer: systemObserver };
  observer.info('request', {
    route: event?.routeKey,
    status: response?.statusCode,
    code: internal.problem?.code ?? 'ok',
    durationMilliseconds: Math.round(performance.now() - (internal.startedAtMilliseconds ?? 0)),
  });
}

/** One line for each request, whatever came of it. */
export function requestLog(): Middleware {
  return middleware<unknown, Partial<WithDependencies>>({
    before: start,
    after: writeLine,
    onError: writeLine,
  });
}
