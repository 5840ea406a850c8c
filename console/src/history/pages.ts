import type { HistoryPage, HistoryRow } from '../../../lib/contract/answers.ts';

/** Events have no id; two that agree in all of this can't be told apart by a reader either. */
function identityOf({ at, type, provider, display, reason }: HistoryRow): string {
  return JSON.stringify([at, type, provider, display, reason]);
}

/**
 * The newest page, read anew, before what is known already, so that "load more" is not undone. Where the two don't meet,
 * what is known goes: a list must not have a gap that nobody sees.
 */
export function withNewest(known: HistoryPage | null, newest: HistoryPage): HistoryPage {
  const oldest = newest.events.at(-1);
  if (!known || newest.next === null || !oldest) return newest;
  const meeting = known.events.map(identityOf).lastIndexOf(identityOf(oldest));
  if (meeting < 0) return newest;
  return { events: [...newest.events, ...known.events.slice(meeting + 1)], next: known.next };
}

/**
 * The next page after what is known.
 *
 * @param cursor what it was asked with; if the list has been read anew since, the page belongs to no end of it
 */
export function withOlder(known: HistoryPage, cursor: string, older: HistoryPage): HistoryPage {
  return known.next === cursor ? { events: [...known.events, ...older.events], next: older.next } : known;
}

/** Each event with a key of its own, which stays its own when events are added at either end. */
export function keyed(events: readonly HistoryRow[]): readonly (readonly [string, HistoryRow])[] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    const identity = identityOf(event);
    const count = seen.get(identity) ?? 0;
    seen.set(identity, count + 1);
    return [`${identity}${count}`, event];
  });
}
