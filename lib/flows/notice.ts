import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountId } from '../linking/account.ts';
import { type Notice, UNDO_SECONDS } from '../linking/notice.ts';
import { epochSeconds } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { noticeCreated } from '../table/notices.ts';

/** What the owner is to be told of what a request did, written in the same transaction. */
export function notice(
  dependencies: Core,
  { maskedIp, device, language }: Caller,
  accountId: AccountId,
  told: Pick<Notice, 'type' | 'provider' | 'display' | 'destinations' | 'before' | 'after'>,
): Fragment {
  const { table, clock, random } = dependencies;
  return noticeCreated(table, {
    ...told,
    noticeId: newId(random),
    accountId,
    at: new Date(clock()).toISOString(),
    ip: maskedIp,
    device,
    language,
    expiresAt: epochSeconds(dependencies.clock) + UNDO_SECONDS,
  });
}
