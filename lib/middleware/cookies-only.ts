import { readCaller } from '../http/caller.ts';
import { chooseLanguage, type Negotiated } from './caller.ts';
import { type Middleware, middleware } from './request.ts';

/**
 * For routes that browsers are sent to, and no page asks: they know no `Authorization`. What came with it is the browser's cookies alone,
 * as its flows are bound to them. It stands below `http`.
 */
export function cookiesOnly(): Middleware {
  return middleware<unknown, Negotiated>({
    before({ event, context }) {
      const { authorization: _unknown, ...headers } = event.headers;
      Object.assign(context, { caller: readCaller({ ...event, headers }, chooseLanguage(context)) });
    },
  });
}
