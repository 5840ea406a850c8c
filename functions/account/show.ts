import { type Core, provide } from '../../lib/dependencies.ts';
import { accountRoute, bind, json } from '../../lib/http/route.ts';
import {
  activeFreezeUntil,
  challengeOf,
  isRenewalDue,
  methodRows,
  sessionExpiresAt,
} from '../../lib/linking/account.ts';
import { checkRow } from '../../lib/linking/challenge.ts';
import { PURPOSES } from '../../lib/linking/identity.ts';
import { maskPhone } from '../../lib/linking/phone.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { renewSession } from '../../lib/table/sessions.ts';

/** GET /account: what the account page shows, and what this session has under way. */
export const route = accountRoute<Core, undefined>({
  parse: () => undefined,
  purposes: () => PURPOSES,
  async handle({ dependencies: { table, settings }, view, now }) {
    const { rules } = settings;
    const { account, session } = view;
    const isDue = isRenewalDue(session, now, rules);
    if (isDue && !(await renewSession(table, session, now, rules))) throw new Problem('not_signed_in');
    const { lastFlow } = session;
    const frozenUntil = activeFreezeUntil(account, now);
    return json(200, {
      accountId: account.accountId,
      name: account.name,
      phone: account.phone === undefined ? null : maskPhone(account.phone),
      frozenUntil: frozenUntil === undefined ? null : toIso(frozenUntil),
      methods: methodRows(view, rules),
      checks: PURPOSES.flatMap(
        (purpose) => checkRow(purpose, challengeOf(view, purpose), session.hash, now, rules) ?? [],
      ),
      lastFlow: lastFlow ? { ...lastFlow, at: toIso(lastFlow.at) } : null,
      session: {
        openedBy: session.openedBy,
        expiresAt: toIso(isDue ? sessionExpiresAt(session.endsAt, now, rules) : session.expiresAt),
      },
    });
  },
});

export const handler = bind(route, provide());
