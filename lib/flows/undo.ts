import type { Core, WithHmacKey } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { activeFreezeUntil, type Method, shownDisplay } from '../linking/account.ts';
import { type Challenge, consumeCheck } from '../linking/challenge.ts';
import {
  FREEZE_SECONDS,
  findRestoration,
  listDestinations,
  type NoticeRef,
  parseUndoToken,
  type Restoration,
} from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { type HmacKey, newId } from '../linking/secrets.ts';
import {
  accountFrozen,
  accountOpen,
  methodCreated,
  methodRemoved,
  methodReplaced,
} from '../table/accounts.ts';
import { challengeChanged } from '../table/challenges.ts';
import { subjectsClaimed, subjectsReleased } from '../table/claims.ts';
import { commit, type Fragment } from '../table/client.ts';
import { type NoticeView, noticeConfirmed, noticeRestored, readNotice } from '../table/notices.ts';
import { everySessionEnded } from './end-sessions.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';

type Dependencies = Core & WithHmacKey;

/** Which notice a token stands for. @throws Problem `undo_expired` if we never made it */
export function requireNoticeRef(key: HmacKey, token: string): NoticeRef {
  const ref = parseUndoToken(key, token);
  if (ref === undefined) throw new Problem('undo_expired');
  return ref;
}

/** @throws Problem `undo_expired` */
export async function requireNotice(
  { table }: Pick<Core, 'table'>,
  ref: NoticeRef,
  now: EpochSeconds,
): Promise<NoticeView> {
  const view = await readNotice(table, ref, now);
  if (view === undefined) throw new Problem('undo_expired');
  return view;
}

const isoOrNull = (at: EpochSeconds | undefined) => (at === undefined ? null : toIso(at));

/** What a page shows of a notice; times ISO 8601 UTC. */
export function noticeBody({ notice, account, methods }: NoticeView, now: EpochSeconds) {
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

/**
 * The holder of a notice's link says "this wasn't me": every session ends, and nothing can be changed for a day. The attacker is out,
 * and the owner has time. Nothing is put back yet: the link also went to channels that the attacker may have had until then.
 *
 * @returns the account as it is then
 */
export async function freezeAccount(
  dependencies: Dependencies,
  caller: Caller,
  view: NoticeView,
  now: EpochSeconds,
): Promise<NoticeView> {
  const { table, observer } = dependencies;
  const { notice, account } = view;
  const { accountId } = account;
  const { provider, display } = notice;
  const frozenUntil = Math.max(now + FREEZE_SECONDS, account.frozenUntil ?? 0);
  const event = { type: 'frozen', provider, display } as const;
  await commit(table, [
    noticeConfirmed(table, notice, now),
    accountFrozen(table, accountId, frozenUntil),
    ...everySessionEnded(dependencies, view),
    ...recordAndNotify(dependencies, caller, accountId, event, { destinations: listDestinations(view) }),
  ]);
  observer.count('Frozen');
  return { ...view, notice: { ...notice, confirmedAt: now }, account: { ...account, frozenUntil } };
}

/** What the account's method is to be, and what must hold and be written for that. */
function restored(
  { table, settings, random }: Dependencies,
  { account: { accountId } }: NoticeView,
  restoration: Restoration,
  now: EpochSeconds,
): { readonly after: Method | undefined; readonly fragments: Fragment[] } {
  const { coolingOffSeconds } = settings.rules;
  const release = (method: Method) => subjectsReleased(table, accountId, method, { now, coolingOffSeconds });
  if (restoration.action === 'unlink') {
    const { method } = restoration;
    return { after: undefined, fragments: [methodRemoved(table, accountId, method), ...release(method)] };
  }
  const { method, replaced } = restoration;
  const after: Method = { ...method, methodId: newId(random), since: now };
  const claim = { accountId, relation: 'linked', methodId: after.methodId } as const;
  return {
    after,
    fragments: [
      ...subjectsClaimed(table, after.provider, after.subjects, claim, { now }),
      ...(replaced === undefined
        ? [methodCreated(table, accountId, after)]
        : [methodReplaced(table, accountId, replaced, after), ...release(replaced)]),
    ],
  };
}

/**
 * Puts back what was before a change, whole, once the code by SMS was right: code used up, claims and methods changed, history written.
 *
 * @throws Problem `identity_registered`, `identity_linked`, `identity_sub_account` if the identity is another account's by now:
 *   then the code is used up, and nothing else is changed
 */
export async function restoreMethod(
  dependencies: Dependencies,
  caller: Caller,
  { view, restoration, now }: { view: NoticeView; restoration: Restoration; now: EpochSeconds },
): Promise<NoticeView> {
  const { table, observer } = dependencies;
  const { notice, account, methods, challenge } = view;
  const { accountId } = account;
  const { provider } = notice;
  const { after, fragments } = restored(dependencies, view, restoration, now);
  const used: Challenge = consumeCheck(challenge);
  const display = shownDisplay(restoration.method);
  const before = methods.get(provider);
  const type = after === undefined ? 'unlinked' : before === undefined ? 'linked' : 'replaced';
  const event = { type, provider, display } as const;
  try {
    await commit(table, [
      ...fragments,
      challengeChanged(table, accountId, 'restore', used, now),
      noticeRestored(table, notice, now),
      accountOpen(table, accountId),
      ...recordAndNotify(dependencies, caller, accountId, event, {
        destinations: listDestinations(view),
        ...(before && { before }),
        ...(after && { after }),
      }),
    ]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await commit(table, [
      challengeChanged(table, accountId, 'restore', used, now),
      recordEvent(dependencies, caller, accountId, {
        type: 'refused',
        provider,
        display,
        reason: error.code,
      }),
    ]);
    throw error;
  }
  observer.count('Restored');
  const others = [...methods].filter(([name]) => name !== provider);
  return {
    ...view,
    notice: { ...notice, restoredAt: now },
    methods: new Map(after ? [...others, [provider, after]] : others),
  };
}
