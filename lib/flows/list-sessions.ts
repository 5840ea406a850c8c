import type { SessionRow } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import { type AccountView, isSessionOpen, type Session } from '../linking/account.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { sessionId } from '../linking/session.ts';

/** The sessions that are open, newest first; of one of an earlier release, what is known. */
export function listSessions(
  { settings: { rules } }: Core,
  { view, sessions, now }: { view: AccountView; sessions: readonly Session[]; now: EpochSeconds },
): SessionRow[] {
  return sessions
    .filter((session) => isSessionOpen(session, view.methods, now))
    .map((session) => {
      const { openedBy, device = '', ip = '*', endsAt, expiresAt } = session;
      const { openedAt = endsAt - rules.sessionMaxSeconds, lastSeenAt } = session;
      return {
        id: sessionId(session),
        openedBy,
        device,
        ip,
        since: toIso(openedAt),
        lastSeenAt: toIso(lastSeenAt ?? Math.max(openedAt, expiresAt - rules.sessionIdleSeconds)),
        current: session.hash === view.session.hash,
      };
    });
}
