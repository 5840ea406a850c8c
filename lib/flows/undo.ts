import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import { activeFreezeUntil } from '../linking/account.ts';
import { findRestoration, parseUndoToken } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { type NoticeView, readNotice } from '../table/notices.ts';

/** What the token of a link is about. @throws Problem `undo_expired` if we never made it, or it has had its time */
export async function requireNotice(
  { table, keys }: Core & WithKeys,
  token: string,
  now: EpochSeconds,
): Promise<NoticeView> {
  const ref = parseUndoToken(keys, token);
  const view = ref && (await readNotice(table, ref, now));
  if (view === undefined) throw new Problem('undo_expired');
  return view;
}

const isoOrNull = (at: EpochSeconds | undefined) => (at === undefined ? null : toIso(at));

/** What a page shows of what the owner was told; times ISO 8601 UTC. */
export function noticeBody({ notice, account, methods }: NoticeView, now: EpochSeconds): NoticeAnswer {
  const { type, provider, display, at, ip, device, expiresAt, confirmedAt, restoredAt } = notice;
  return {
    type,
    provider,
    display,
    at,
    ip,
    device,
    expiresAt: toIso(expiresAt),
    confirmedAt: isoOrNull(confirmedAt),
    restoredAt: isoOrNull(restoredAt),
    restore: restoredAt === undefined ? (findRestoration(notice, methods)?.action ?? null) : null,
    frozenUntil: isoOrNull(activeFreezeUntil(account, now)),
  };
}
