import { type Core, provide } from '../../lib/dependencies.ts';
import { everySessionEnded } from '../../lib/flows/end-sessions.ts';
import { requireNoBody } from '../../lib/http/body.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import { accountRoute, bind } from '../../lib/http/route.ts';
import { commit } from '../../lib/table/client.ts';
import { sessionStillOpen } from '../../lib/table/views.ts';

/** DELETE /sessions: signs out everywhere, this browser too. */
export const route = accountRoute<Core, void>({
  parse: ({ event }) => requireNoBody(event),
  purposes: () => [],
  async handle({ dependencies, view, now }) {
    const { table, settings } = dependencies;
    await commit(table, [
      ...everySessionEnded(dependencies, view),
      ...sessionStillOpen(table, view, { now, rules: settings.rules, changing: [...view.methods.keys()] }),
    ]);
    return { statusCode: 204, cookies: [noSessionCookie()] };
  },
});

export const handler = bind(route, provide());
