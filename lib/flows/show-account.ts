import type { AccountAnswer, NoticeRow } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import {
  type AccountView,
  activeFreezeUntil,
  challengeOf,
  isRenewalDue,
  methodRows,
  sessionExpiresAt,
} from '../linking/account.ts';
import { checkRow } from '../linking/check-row.ts';
import { PURPOSES } from '../linking/identity.ts';
import { type Notice, saidAt } from '../linking/notice.ts';
import { NOTICES_MAX } from '../linking/notice-types.ts';
import { maskPhone } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { renewSession } from '../table/sessions.ts';
import { preferencesBody } from './set-preferences.ts';

/** What the account page shows, and what this session has under way; renews the session if that is due. @throws Problem `not_signed_in` */
export async function showAccount(
  { table, settings: { rules, TRUSTED_ISSUER: issuer } }: Core,
  { view, notices, now }: { view: AccountView; notices: readonly Notice[]; now: EpochSeconds },
): Promise<AccountAnswer> {
  const { account, session } = view;
  const { accountId, name, phone } = account;
  const isDue = isRenewalDue(session, now, rules);
  if (isDue && !(await renewSession(table, session, now, rules))) throw new Problem('not_signed_in');
  const { lastFlow } = session;
  const frozenUntil = activeFreezeUntil(account, now);
  return {
    accountId,
    name,
    phone: phone === undefined ? null : maskPhone(phone),
    frozenUntil: frozenUntil === undefined ? null : toIso(frozenUntil),
    methods: methodRows(view, rules, now),
    checks: PURPOSES.flatMap(
      (purpose) => checkRow(purpose, challengeOf(view, purpose), session.hash, now, rules) ?? [],
    ),
    lastFlow: lastFlow ? { ...lastFlow, at: toIso(lastFlow.at) } : null,
    session: {
      openedBy: session.openedBy,
      expiresAt: toIso(isDue ? sessionExpiresAt(session.endsAt, now, rules) : session.expiresAt),
    },
    preferences: preferencesBody(account),
    ...(issuer !== '' && {
      ownLogin: { state: view.methods.get('assertion')?.suspended ? 'suspended' : 'active' },
    }),
    notices: noticeRows(view, notices),
  };
}

/** Of the notices of an account, those that this session's user may not know of, and has not dealt with. */
function noticeRows({ account, session }: AccountView, notices: readonly Notice[]): NoticeRow[] {
  const { hash, dismissed } = session;
  return notices
    .filter(
      (notice) =>
        // The method's own row says that.
        notice.type !== 'mail_stopped' &&
        notice.bySession !== hash &&
        !notice.isSuccessor &&
        saidAt(notice, account) === undefined &&
        !dismissed?.has(notice.noticeId),
    )
    .slice(0, NOTICES_MAX)
    .map(({ noticeId: id, type, isAttempt = false, byOperator, provider, display, at, ip, device }) => ({
      id,
      type,
      isAttempt,
      ...(byOperator && { byOperator }),
      provider,
      display,
      at,
      ip,
      device,
    }));
}
