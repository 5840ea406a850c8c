import { SESSIONS_SHOWN, type SessionRow } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import { type AccountView, isSessionOpen, type Session } from '../linking/account.ts';
import { type EpochSeconds, type Rules, toIso } from '../linking/rules.ts';
import { sessionId } from '../linking/session.ts';

/** Of a session of an earlier release, when it was opened follows from when it ends. */
const openedAt = ({ openedAt: at, endsAt }: Session, { sessionMaxSeconds }: Rules): EpochSeconds =>
  at ?? endsAt - sessionMaxSeconds;

export function sessionRow(session: Session, current: Session, rules: Rules): SessionRow {
  const { openedBy, device = '', ip = '*', expiresAt } = session;
  const since = openedAt(session, rules);
  const { lastSeenAt = Math.max(since, expiresAt - rules.sessionIdleSeconds) } = session;
  return {
    id: sessionId(session),
    openedBy,
    device,
    ip,
    since: toIso(since),
    lastSeenAt: toIso(lastSeenAt),
    current: session.hash === current.hash,
  };
}

interface Asked {
  readonly view: Pick<AccountView, 'methods' | 'session'>;
  readonly rules: Rules;
  readonly now: EpochSeconds;
}

/** Of the sessions that are kept, those that are open, newest first. */
export function listOpenSessions(
  sessions: readonly Session[],
  { view, rules, now }: Asked,
): readonly Session[] {
  return sessions
    .filter((session) => isSessionOpen(session, view.methods, now))
    .toSorted((one, other) => openedAt(other, rules) - openedAt(one, rules));
}

/**
 * The sessions that are open. Signing in costs nothing, so there is no end to how many an account may have: of those that are too many
 * to show, this one and the newest are.
 */
export function listSessions(
  { settings: { rules } }: Core,
  { view, sessions, now }: { view: AccountView; sessions: readonly Session[]; now: EpochSeconds },
): SessionRow[] {
  const open = listOpenSessions(sessions, { view, rules, now });
  const isOwn = ({ hash }: Session) => hash === view.session.hash;
  const others = new Set(open.filter((session) => !isOwn(session)).slice(0, SESSIONS_SHOWN - 1));
  return open
    .filter((session) => isOwn(session) || others.has(session))
    .map((session) => sessionRow(session, view.session, rules));
}
