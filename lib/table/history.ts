import type { AccountId } from '../linking/account.ts';
import type { Provider } from '../linking/identity.ts';
import type { ProblemCode } from '../linking/problem.ts';
import { DAY_SECONDS } from '../linking/rules.ts';
import { ABSENT, type Fragment, put, stale, type Table } from './client.ts';
import { keys } from './keys.ts';

const KEPT_DAYS = 180;

/** Something that happened to an account, as its owner may read it: everything in it is masked already. */
export interface HistoryEvent {
  readonly type: 'linked' | 'unlinked' | 'refused' | 'signed_in';
  readonly provider: Provider;
  readonly display: string;
  readonly ip: string;
  readonly device: string;
  /** Why it was refused. */
  readonly reason?: ProblemCode;
}

/** @param atMilliseconds when it happened, in milliseconds since 1970, so that what happens within one second keeps its order */
export function happened(
  table: Table,
  id: AccountId,
  event: HistoryEvent,
  { atMilliseconds, eventId }: { atMilliseconds: number; eventId: string },
): Fragment {
  const at = new Date(atMilliseconds).toISOString();
  const expiresAt = Math.ceil(atMilliseconds / 1000) + KEPT_DAYS * DAY_SECONDS;
  return put(table, keys.event(id, at, eventId), { ...event, at, expiresAt }, ABSENT, stale);
}
