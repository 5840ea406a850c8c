import type { AccountId, Session } from '../linking/account.ts';
import { type Challenge, type ChallengeName, checkName } from '../linking/challenge.ts';
import { isWayIn } from '../linking/identity.ts';
import { NOTICE_GROUPS, type Notice, noticeGroupStart } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { parseChallenge, parseChecks } from './challenges.ts';
import { parseReserved, type Reserved } from './claims.ts';
import { type Item, queryItems, type Table } from './client.ts';
import { type HistoryRow, parseEvent } from './history.ts';
import { keys, PARTS_OF_ACCOUNT } from './keys.ts';
import { parseNotice } from './notices.ts';
import { readSessions } from './sessions.ts';

/** No more is read of what there is no end to: whoever can sign in can do so as often as they like. */
const EVENTS_MAX = 5_000;
/** Of changes, and of sign-ins. */
const NOTICES_MAX = 500;

export interface NamedChallenge {
  readonly name: ChallengeName;
  readonly challenge: Challenge;
}

/** What an account has beside its profile and methods. */
export interface AccountItems {
  /** Newest first, like all that follows. */
  readonly sessions: readonly Session[];
  readonly history: readonly HistoryRow[];
  /** Changes before sign-ins. */
  readonly notices: readonly Notice[];
  readonly challenges: readonly NamedChallenge[];
  readonly reserved: readonly Reserved[];
  /** Whether that is all there is of history and notices. */
  readonly isWhole: boolean;
}

function namedChallenges(item: Item, now: EpochSeconds): NamedChallenge[] {
  const name = String(item['sk']).slice(PARTS_OF_ACCOUNT.challenge.length);
  if (!isWayIn(name)) return [{ name: name as ChallengeName, challenge: parseChallenge(item) }];
  const { challenges } = parseChecks(item, now);
  return [...challenges].map(([purpose, challenge]) => ({ name: checkName(purpose, name), challenge }));
}

/** Reads what an account has, but for what has expired and is only not deleted yet. */
export async function readAccountItems(
  table: Table,
  id: AccountId,
  now: EpochSeconds,
): Promise<AccountItems> {
  const { pk } = keys.account(id);
  const { challenge, event, notice, reservation } = PARTS_OF_ACCOUNT;
  const newest = (prefix: string, most: number) =>
    queryItems(table, { pk, prefix, isDescending: true, max: most + 1 });
  const [sessions, events, challenges, reserved, ...notices] = await Promise.all([
    readSessions(table, id),
    newest(event, EVENTS_MAX),
    queryItems(table, { pk, prefix: challenge }),
    queryItems(table, { pk, prefix: reservation }),
    ...NOTICE_GROUPS.map((group) => newest(notice + noticeGroupStart(group), NOTICES_MAX)),
  ]);
  const isKept = (item: Item) => Number(item['expiresAt']) > now;
  return {
    sessions,
    history: events.slice(0, EVENTS_MAX).filter(isKept).map(parseEvent),
    notices: notices.flatMap((items) => items.slice(0, NOTICES_MAX).filter(isKept).map(parseNotice)),
    challenges: challenges.filter(isKept).flatMap((item) => namedChallenges(item, now)),
    reserved: reserved.filter(isKept).map(parseReserved),
    isWhole: events.length <= EVENTS_MAX && notices.every(({ length }) => length <= NOTICES_MAX),
  };
}
