import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type Method, shownDisplay } from '../linking/account.ts';
import { type Challenge, consumeCheck, judgeCheckCode } from '../linking/challenge.ts';
import { listDestinations, type Restoration, requireRestoration, undoBinding } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Code, newId } from '../linking/secrets.ts';
import { accountOpen, methodCreated, methodRemoved, methodReplaced } from '../table/accounts.ts';
import { challengeChanged } from '../table/challenges.ts';
import { subjectsClaimed, subjectsReleased } from '../table/claims.ts';
import { commit, type Fragment } from '../table/client.ts';
import { type NoticeView, noticeRestored } from '../table/notices.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';
import { noticeBody, requireNotice } from './undo.ts';

/** What the account's method is to be, and what must hold and be written for that. */
function restored(
  { table, settings, random }: Core,
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
async function putBack(
  dependencies: Core,
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

/** Judges the code to restore with; a right one puts back what was before. */
export async function restoreMethod(
  dependencies: Core & WithKeys,
  caller: Caller,
  { form: { token, code }, now }: { form: { token: string; code: Code }; now: EpochSeconds },
): Promise<NoticeAnswer> {
  const { table, settings, keys } = dependencies;
  const view = await requireNotice(dependencies, token, now);
  const { notice, account, challenge } = view;
  const restoration = requireRestoration(notice, view.methods);
  const guess = { code, purpose: 'restore', now, rules: settings.rules, keys } as const;
  const judgement = judgeCheckCode(challenge, undoBinding(notice), guess);
  if (judgement.verdict === 'wrong') {
    await commit(table, [challengeChanged(table, account.accountId, 'restore', judgement.next, now)]);
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  }
  return noticeBody(await putBack(dependencies, caller, { view, restoration, now }), now);
}
