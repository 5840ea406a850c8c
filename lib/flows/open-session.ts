import { sessionCookie } from '../http/cookies.ts';
import type { HttpRequest } from '../http/request.ts';
import type { CoreDependencies } from '../http/route.ts';
import { type AccountId, type LastFlow, type Session, sessionExpiresAt } from '../linking/account.ts';
import type { Provider } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newToken } from '../linking/secrets.ts';
import { accountOpen } from '../table/accounts.ts';
import type { Fragment } from '../table/client.ts';
import { sessionCreated, sessionReplaced, sessionToken } from '../table/sessions.ts';
import { record } from './record.ts';

/**
 * A new session, with a new token whatever the browser had before: its cookie, and what must hold and be written for it to be one.
 * The session the browser had is ended by it.
 */
export function openSession(
  dependencies: CoreDependencies,
  request: HttpRequest,
  by: {
    readonly accountId: AccountId;
    readonly openedBy: Provider;
    readonly methodId: string;
    readonly display: string;
    readonly now: EpochSeconds;
    readonly lastFlow?: LastFlow;
    readonly accountGone?: Fragment['refusal'];
  },
): { readonly cookie: string; readonly fragments: Fragment[] } {
  const { table, settings, random } = dependencies;
  const { accountId, openedBy, methodId, display, now, lastFlow, accountGone } = by;
  const token = newToken(random);
  const endsAt = now + settings.rules.sessionMaxSeconds;
  const session: Session = {
    accountId,
    hash: hashToken(token),
    openedBy,
    methodId,
    endsAt,
    expiresAt: sessionExpiresAt(endsAt, now, settings.rules),
    ...(lastFlow && { lastFlow }),
  };
  const fragments = [
    sessionCreated(table, session),
    accountOpen(table, accountId, accountGone),
    record(dependencies, request, accountId, { type: 'signed_in', provider: openedBy, display }),
  ];
  if (request.sessionRef) fragments.push(sessionReplaced(table, request.sessionRef));
  return { cookie: sessionCookie(sessionToken(accountId, token)), fragments };
}
