import type { ExportAnswer } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import {
  type Account,
  type AccountView,
  activeFreezeUntil,
  challengeOf,
  type Method,
  methodState,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { parseChallengeName, requireVerified } from '../linking/challenge.ts';
import { WAYS_IN } from '../linking/identity.ts';
import type { Notice } from '../linking/notice.ts';
import { type EpochSeconds, type Rules, toIso } from '../linking/rules.ts';
import { type NamedChallenge, readAccountItems } from '../table/export.ts';
import { listOpenSessions, sessionRow } from './list-sessions.ts';
import { preferencesBody } from './set-preferences.ts';

const MEBIBYTE = 1024 * 1024;
/** Lambda takes an answer of 6 MB with the body as a text in it. Each part has its own share, so that none crowds out another. */
const SHARES = { sessions: MEBIBYTE, notices: MEBIBYTE, history: 3 * MEBIBYTE } as const;

const isoOrNull = (at: EpochSeconds | undefined) => (at === undefined ? null : toIso(at));

/** As many of the first rows as have room in so many bytes of an answer. */
function fitting<Row>(rows: readonly Row[], bytes: number): readonly Row[] {
  let left = bytes;
  const first = rows.findIndex((row) => {
    left -= Buffer.byteLength(JSON.stringify(JSON.stringify(row)));
    return left < 0;
  });
  return first < 0 ? rows : rows.slice(0, first);
}

function exportAccountItem(account: Account, now: EpochSeconds): ExportAnswer['account'] {
  const { accountId, name, phone = null, language = null, revision = null } = account;
  const { browsersForgottenAt, keptOnlyAt } = account;
  return {
    accountId,
    name,
    phone,
    language,
    revision,
    frozenUntil: isoOrNull(activeFreezeUntil(account, now)),
    browsersForgottenAt: isoOrNull(browsersForgottenAt),
    keptOnlyAt: keptOnlyAt === undefined ? null : new Date(keptOnlyAt).toISOString(),
  };
}

function exportMethod(method: Method, rules: Rules, now: EpochSeconds): ExportAnswer['methods'][number] {
  const { provider, relation, subjects, display, since, imported = false } = method;
  const { mailStopped, mailProvedAt } = method;
  return {
    provider,
    relation,
    subjects,
    display,
    since: isoOrNull(since),
    state: methodState(method, rules, now),
    isImported: imported,
    ...(mailStopped && { mailStopped: { reason: mailStopped.reason, at: toIso(mailStopped.at) } }),
    ...(mailProvedAt !== undefined && { mailProvedAt: toIso(mailProvedAt) }),
  };
}

function exportNotice(notice: Notice, rules: Rules, now: EpochSeconds): ExportAnswer['notices'][number] {
  const { type, provider, display, at, ip, device, expiresAt, destinations = [], mailedTo } = notice;
  const { isAttempt = false, confirmedAt, restoredAt, before, after } = notice;
  const sentTo = [...destinations.map(({ to }) => to), ...(mailedTo === undefined ? [] : [mailedTo])];
  return {
    type,
    isAttempt,
    provider,
    display,
    at,
    ip,
    device,
    expiresAt: toIso(expiresAt),
    sentTo: [...new Set(sentTo)],
    confirmedAt: isoOrNull(confirmedAt),
    restoredAt: isoOrNull(restoredAt),
    before: before ? exportMethod(before, rules, now) : null,
    after: after ? exportMethod(after, rules, now) : null,
  };
}

function exportCheck({ name, challenge }: NamedChallenge): ExportAnswer['checks'][number] {
  const { check, failures, mailResendAt } = challenge;
  const { purpose, openedBy } = parseChallengeName(name);
  return {
    purpose,
    openedBy,
    sentTo: check?.sentTo ?? null,
    sentAt: isoOrNull(check?.sentAt),
    expiresAt: isoOrNull(check?.mail?.code.expiresAt ?? check?.code?.expiresAt),
    verifiedUntil: isoOrNull(check?.verifiedUntil),
    addresses: [...new Set([...Object.keys(mailResendAt), ...(check?.mail ? [check.mail.address] : [])])],
    wrongGuessesAt: failures.map(toIso),
  };
}

/**
 * All that is kept of the account, unmasked, but for secrets and what they are stored as. The check that allows it stays open, so that a
 * download that failed can be tried again. Of more than an answer has room for, the newest.
 */
export async function exportAccount(
  dependencies: Core,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<ExportAnswer> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  const { account, session, methods } = view;
  requireActionPossible(view, 'export', { rules, now });
  requireFactor(account);
  requireVerified(challengeOf(view, 'export'), session.hash, now);
  const items = await readAccountItems(table, account.accountId, now);
  const all = {
    sessions: listOpenSessions(items.sessions, { view, rules, now }).map((one) => {
      const { current: _ofThisRequest, ...row } = sessionRow(one, session, rules);
      const { expiresAt, lastFlow } = one;
      const flow = lastFlow ? { ...lastFlow, at: toIso(lastFlow.at) } : null;
      return { ...row, expiresAt: toIso(expiresAt), lastFlow: flow };
    }),
    notices: items.notices.map((notice) => exportNotice(notice, rules, now)),
    history: items.history,
  };
  const sessions = fitting(all.sessions, SHARES.sessions);
  const notices = fitting(all.notices, SHARES.notices);
  const history = fitting(all.history, SHARES.history);
  return {
    exportedAt: toIso(now),
    account: exportAccountItem(account, now),
    preferences: preferencesBody(account),
    methods: WAYS_IN.flatMap((way) => methods.get(way) ?? []).map((one) => exportMethod(one, rules, now)),
    reserved: items.reserved.map(({ expiresAt, ...identity }) => ({ ...identity, until: toIso(expiresAt) })),
    sessions,
    checks: items.challenges.map(exportCheck),
    notices,
    history,
    isWhole:
      items.isWhole &&
      sessions.length === all.sessions.length &&
      notices.length === all.notices.length &&
      history.length === all.history.length,
  };
}
