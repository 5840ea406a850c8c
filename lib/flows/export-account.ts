import type { ExportAnswer } from '../contract/answers.ts';
import type { Core } from '../dependencies.ts';
import {
  type AccountView,
  activeFreezeUntil,
  challengeOf,
  methodState,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { requireVerified } from '../linking/challenge.ts';
import { WAYS_IN } from '../linking/identity.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { type AccountItems, readAccountItems } from '../table/export.ts';
import { listSessions } from './list-sessions.ts';
import { preferencesBody } from './set-preferences.ts';

const isoOrNull = (at: EpochSeconds | undefined) => (at === undefined ? null : toIso(at));

function exportMethods({ methods }: AccountView, core: Core, now: EpochSeconds): ExportAnswer['methods'] {
  return WAYS_IN.flatMap((way) => methods.get(way) ?? []).map((method) => {
    const { provider, relation, subjects, display, since } = method;
    const state = methodState(method, core.settings.rules, now);
    return { provider, relation, subjects, display, since: isoOrNull(since), state };
  });
}

function exportNotices({ notices }: AccountItems): ExportAnswer['notices'] {
  return notices.map(({ destinations, mailedTo, isAttempt, confirmedAt, ...notice }) => {
    const { type, provider, display, at, ip, device, expiresAt } = notice;
    return {
      type,
      isAttempt: isAttempt === true,
      provider,
      display,
      at,
      ip,
      device,
      expiresAt: toIso(expiresAt),
      sentTo: [...new Set([...(destinations ?? []).map(({ to }) => to), ...(mailedTo ? [mailedTo] : [])])],
      confirmedAt: isoOrNull(confirmedAt),
    };
  });
}

function exportChecks({ challenges }: AccountItems): ExportAnswer['checks'] {
  return challenges.map(({ name, challenge: { check } }) => ({
    purpose: name,
    sentTo: check?.mail?.address ?? check?.sentTo ?? null,
    at: isoOrNull(check?.verifiedUntil ?? check?.code?.expiresAt),
  }));
}

/**
 * All that is kept of the account, unmasked, but for secrets and what they are stored as. The check that allows it stays open, so that a
 * download that failed can be tried again.
 */
export async function exportAccount(
  dependencies: Core,
  { view, now }: { view: AccountView; now: EpochSeconds },
): Promise<ExportAnswer> {
  const { table, settings } = dependencies;
  const { account, session } = view;
  requireActionPossible(view, 'export', { rules: settings.rules, now });
  requireFactor(account);
  requireVerified(challengeOf(view, 'export'), session.hash, now);
  const items = await readAccountItems(table, account.accountId, now);
  const { accountId, name, phone = null, language = null } = account;
  return {
    exportedAt: toIso(now),
    account: { accountId, name, phone, language, frozenUntil: isoOrNull(activeFreezeUntil(account, now)) },
    preferences: preferencesBody(account),
    methods: exportMethods(view, dependencies, now),
    sessions: listSessions(dependencies, { view, sessions: items.sessions, now }).map(
      ({ current: _of, ...row }) => row,
    ),
    history: items.history,
    isHistoryWhole: items.isHistoryWhole,
    notices: exportNotices(items),
    checks: exportChecks(items),
  };
}
