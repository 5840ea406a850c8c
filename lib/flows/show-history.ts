import type { HistoryPage } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import type { Session } from '../linking/account.ts';

/** A page of the history, with the sign-in marked that opened this session: a session ends so long after it, however much it is used. */
export function showHistory(
  { settings: { rules } }: Core,
  { openedBy, endsAt }: Session,
  page: HistoryPage,
): HistoryPage {
  const openedAt = endsAt - rules.sessionMaxSeconds;
  const current = page.events.find(
    ({ type, provider, at }) =>
      type === 'signed_in' && provider === openedBy && Math.floor(Date.parse(at) / 1000) === openedAt,
  );
  return {
    ...page,
    events: page.events.map((event) => (event === current ? { ...event, isCurrent: true } : event)),
  };
}
