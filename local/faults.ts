import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/**
 * What goes wrong with a call, to test who makes it:
 * - `hang`: no answer, until the stand-in is stopped or the caller gives up;
 * - `reset`: the connection is cut;
 * - a number from 400 to 599 as `status`: that status, with a body that makes no sense;
 * - `errcode`: an error of the service's own, in the form it has for them.
 *
 * `afterEffect`: the call is carried out first, and only its answer is lost.
 */
export type Fault = (
  | { kind: 'hang' | 'reset' }
  | { kind: 'status'; status: number }
  | { kind: 'errcode'; errcode: number | string }
) & {
  afterEffect?: boolean;
};

/** How a service words an error of its own. */
export type ErrorAnswer = (context: Context, errcode: number | string) => Response;

/** The faults that calls yet to come will meet. */
export class Faults {
  readonly #waiting = new Map<string, Fault[]>();

  /** Makes the next calls to an endpoint fail. @param endpoint its path or, for AWS, the name of the operation */
  next(endpoint: string, fault: Fault, times = 1): void {
    const waiting = this.#waiting.get(endpoint) ?? [];
    this.#waiting.set(endpoint, [...waiting, ...Array.from({ length: times }, () => fault)]);
  }

  /** Forgets the faults that no call has met yet. */
  clear(): void {
    this.#waiting.clear();
  }

  take(endpoint: string): Fault | undefined {
    return this.#waiting.get(endpoint)?.shift();
  }
}

interface NodeBindings {
  incoming?: { socket?: { destroy(): void } };
}

async function broken(context: Context, fault: Fault, errorAnswer: ErrorAnswer): Promise<Response> {
  switch (fault.kind) {
    case 'hang':
      return new Promise(() => undefined);
    case 'reset':
      (context.env as NodeBindings).incoming?.socket?.destroy();
      return new Promise(() => undefined);
    case 'status':
      return context.html('<html><body>injected fault</body></html>', fault.status as ContentfulStatusCode);
    case 'errcode':
      return errorAnswer(context, fault.errcode);
  }
}

/** Lets calls meet the faults that wait for them. @param endpointOf what the call is named in `Faults.next` */
export function meetFaults(
  faults: Faults,
  endpointOf: (context: Context) => string,
  errorAnswer: ErrorAnswer,
): MiddlewareHandler {
  return async (context, next) => {
    const fault = faults.take(endpointOf(context));
    if (!fault) return next();
    if (fault.afterEffect) await next();
    const answer = await broken(context, fault, errorAnswer);
    // Hono gives a new answer the headers of the one before, unless that is removed.
    context.res = undefined;
    context.res = answer;
    return undefined;
  };
}
