import type { HttpRequest } from '../http/request.ts';
import { type CoreDependencies, nowOf } from '../http/route.ts';
import type { AccountId } from '../linking/account.ts';
import { type Notice, UNDO_SECONDS } from '../linking/notice.ts';
import { newId } from '../linking/secrets.ts';
import type { Fragment } from '../table/client.ts';
import { noticed } from '../table/notices.ts';

/** What the owner is to be told of what a request did, written in the same transaction. */
export function notice(
  dependencies: CoreDependencies,
  { maskedIp, device, language }: HttpRequest,
  accountId: AccountId,
  told: Pick<Notice, 'type' | 'provider' | 'display' | 'channels' | 'before' | 'after'>,
): Fragment {
  const { table, clock, random } = dependencies;
  return noticed(table, {
    ...told,
    noticeId: newId(random),
    accountId,
    at: new Date(clock()).toISOString(),
    ip: maskedIp,
    device,
    language,
    expiresAt: nowOf(dependencies) + UNDO_SECONDS,
  });
}
