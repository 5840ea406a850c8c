import { type Core, provide } from '../../lib/dependencies.ts';
import type { HttpRequest } from '../../lib/http/request.ts';
import { accountRoute, bind, json } from '../../lib/http/route.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { type Cursor, parseCursor, readHistory } from '../../lib/table/history.ts';

/** The `cursor` of the query. @throws Problem `invalid_request` where it is not one that a page ended with */
function cursorOf({ event }: HttpRequest): Cursor | undefined {
  const given = new URLSearchParams(event.rawQueryString).getAll('cursor');
  if (given.length === 0) return undefined;
  const cursor = given.length === 1 ? parseCursor(given[0] ?? '') : undefined;
  const errors = [{ path: 'cursor', message: 'must be the next of a page' }];
  if (cursor === undefined) throw new Problem('invalid_request', { errors });
  return cursor;
}

/** GET /account/history: what was linked, unlinked, refused and signed in, newest first, 20 a page. */
export const route = accountRoute<Core, Cursor | undefined, Awaited<ReturnType<typeof readHistory>>>({
  parse: cursorOf,
  purposes: () => [],
  more: ({ dependencies: { table }, form: after, accountId, now }) =>
    readHistory(table, accountId, { after, now }),
  async handle({ more: page }) {
    return json(200, page);
  },
});

export const handler = bind(route, provide());
