import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import { activeFreezeUntil } from '../linking/account.ts';
import { WAYS_IN } from '../linking/identity.ts';
import { type Language, smsLanguage } from '../linking/language.ts';
import { findRestoration, isLinkGood, noticeLanguage, parseUndoToken, saidAt } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { type LinkView, type NoticeView, readLink } from '../table/notices.ts';

/**
 * What the token of a link is about.
 *
 * @throws Problem `undo_expired` if we never made it, or it is good no longer; `account_suspended`
 */
export async function requireLink(
  { table, keys }: Core & WithKeys,
  token: string,
  now: EpochSeconds,
): Promise<LinkView> {
  const link = parseUndoToken(keys, token);
  const view = link && (await readLink(table, link, now));
  if (view === undefined || !isLinkGood(view.link, view.notice, view)) throw new Problem('undo_expired');
  if (view.account.suspended) throw new Problem('account_suspended');
  return view;
}

const isoOrNull = (at: EpochSeconds | undefined) => (at === undefined ? null : toIso(at));

/** What a message was written in; undefined for a mail in both languages. */
function languageOf({
  notice,
  account,
  link,
}: NoticeView & Partial<Pick<LinkView, 'link'>>): Language | undefined {
  const { phone } = account;
  const language = noticeLanguage(notice, account);
  return link?.by === 'sms' && phone !== undefined ? smsLanguage(phone, language) : language;
}

/** What a page shows of what the owner was told; times ISO 8601 UTC. */
export function noticeBody(
  view: NoticeView & Partial<Pick<LinkView, 'link'>>,
  now: EpochSeconds,
): NoticeAnswer {
  const { notice, account, methods } = view;
  const { type, byOperator, provider, display, at, ip, device, expiresAt, restoredAt } = notice;
  const isOpen = !notice.isPutBack;
  const restoration = isOpen ? findRestoration(notice, methods) : undefined;
  const canKeep = (one: (typeof WAYS_IN)[number]) =>
    methods.has(one) || (restoration?.action === 'link' && one === provider);
  return {
    type,
    isAttempt: notice.isAttempt === true,
    ...(byOperator && { byOperator }),
    provider,
    display,
    at,
    ip,
    device,
    expiresAt: toIso(expiresAt),
    confirmedAt: isoOrNull(saidAt(notice, account)),
    restoredAt: isoOrNull(restoredAt),
    restore: restoration?.action ?? null,
    only: isOpen ? WAYS_IN.filter(canKeep) : [],
    frozenUntil: isoOrNull(activeFreezeUntil(account, now)),
    language: languageOf(view) ?? null,
  };
}
