import type { AccountId, Session } from '../linking/account.ts';
import type { Challenge } from '../linking/challenge.ts';
import type { Notice } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { parseChallenge } from './challenges.ts';
import { type Item, queryItems, type Table } from './client.ts';
import { type HistoryRow, parseEvent } from './history.ts';
import { keys, PARTS_OF_ACCOUNT } from './keys.ts';
import { parseNotice } from './notices.ts';
import { readSessions } from './sessions.ts';

/** An answer of Lambda's has 6 MB at most, and no event more than some 600 bytes. */
const EVENTS_MAX = 5_000;

/** What an account has beside its profile and methods. */
export interface AccountItems {
  readonly sessions: readonly Session[];
  /** Newest first. */
  readonly history: readonly HistoryRow[];
  readonly isHistoryWhole: boolean;
  readonly notices: readonly Notice[];
  readonly challenges: readonly { readonly name: string; readonly challenge: Challenge }[];
}

/** Reads what an account has, but for what has expired and is only not deleted yet. */
export async function readAccountItems(
  table: Table,
  id: AccountId,
  now: EpochSeconds,
): Promise<AccountItems> {
  const { pk } = keys.account(id);
  const isKept = (item: Item) => Number(item['expiresAt']) > now;
  const [sessions, events, notices, challenges] = await Promise.all([
    readSessions(table, id),
    queryItems(table, { pk, prefix: PARTS_OF_ACCOUNT.event, isDescending: true, max: EVENTS_MAX + 1 }),
    queryItems(table, { pk, prefix: PARTS_OF_ACCOUNT.notice }),
    queryItems(table, { pk, prefix: PARTS_OF_ACCOUNT.challenge }),
  ]);
  return {
    sessions,
    history: events.slice(0, EVENTS_MAX).filter(isKept).map(parseEvent),
    isHistoryWhole: events.length <= EVENTS_MAX,
    notices: notices.filter(isKept).map(parseNotice),
    challenges: challenges.filter(isKept).map((item) => ({
      name: String(item['sk']).slice(PARTS_OF_ACCOUNT.challenge.length),
      challenge: parseChallenge(item),
    })),
  };
}
