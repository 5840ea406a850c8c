import { type Core, provide } from '../../lib/dependencies.ts';
import { requireNoBody } from '../../lib/http/body.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import { accountRoute, bind } from '../../lib/http/route.ts';
import { endSession } from '../../lib/table/sessions.ts';

/** DELETE /session: signs out, on the server too. */
export const route = accountRoute<Core, void>({
  parse: ({ event }) => requireNoBody(event),
  purposes: () => [],
  async handle({ dependencies: { table }, view }) {
    await endSession(table, view.session);
    return { statusCode: 204, cookies: [noSessionCookie()] };
  },
});

export const handler = bind(route, provide());
