import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { shownDisplay } from '../linking/account.ts';
import { consumeCheck, judgeCheckCode } from '../linking/challenge.ts';
import { restoreBudget } from '../linking/code-budget.ts';
import type { WayIn } from '../linking/identity.ts';
import { keepOnlyAt, requireLatest } from '../linking/kept-only.ts';
import {
  findRestoration,
  listDestinationsOfChange,
  type Restoration,
  requireNotPutBack,
  restoreName,
  saidAt,
  undoBinding,
} from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import { accountKept, accountReset } from '../table/accounts.ts';
import { challengeChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { type LinkView, type NoticeView, noticeRestored } from '../table/notices.ts';
import {
  keepOneMethod,
  type Methods,
  methodsChanged,
  recordStates,
  renewMethod,
  renewMethods,
} from './change-methods.ts';
import { countStep } from './count-step.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';
import { freeze } from './say-not-me.ts';
import { linkSucceeded } from './succeed-link.ts';
import { noticeBody, requireLink } from './undo.ts';

/** What restoring is to make of an account. */
interface Plan {
  /** What puts back what the notice is about; undefined if there is nothing to put back. */
  readonly restoration: Restoration | undefined;
  readonly next: Methods;
  /** Whether one method is kept alone. */
  readonly isOnly: boolean;
}

/**
 * Whether something is put back where one method is kept alone: who says that it is theirs does not have it unlinked with the same word,
 * and what would only be suspended again stays where it is, so that nothing about it is in the way.
 */
function isPutBackBeside({ action, method: { provider } }: Restoration, only: WayIn): boolean {
  return action === 'unlink' ? provider !== only : provider === only;
}

/**
 * @param only the method that is to be kept alone
 * @throws Problem `undo_expired` if there is nothing to do; `not_linked` if there is no such method to keep
 */
function planRestore(
  core: Core,
  { notice, account, methods: seen }: NoticeView,
  only: WayIn | undefined,
): Plan {
  const found = findRestoration(notice, seen);
  const restoration = found && (only === undefined || isPutBackBeside(found, only)) ? found : undefined;
  if (restoration === undefined && only === undefined) throw new Problem('undo_expired');
  const restored = new Map(seen);
  if (restoration) {
    const { action, method } = restoration;
    if (action === 'unlink') restored.delete(method.provider);
    else
      restored.set(
        method.provider,
        renewMethod(core, method, action === 'link' && method.suspended === true),
      );
  }
  if (only !== undefined) {
    if (!restored.has(only)) throw new Problem('not_linked');
    const next = keepOneMethod(core, account, restored, only);
    return { restoration, next, isOnly: true };
  }
  // Who restores without having said "this wasn't me" says it now: it ends every session.
  const next = saidAt(notice, account) ? restored : renewMethods(core, restored);
  return { restoration, next, isOnly: false };
}

/** The history and the notice of what is linked or unlinked by a restoration. */
function recordRestoration(
  dependencies: Core,
  caller: Caller,
  { account, methods: seen }: NoticeView,
  { restoration, next }: Plan,
  now: EpochSeconds,
) {
  if (restoration === undefined || restoration.action === 'clear') return [];
  const { provider } = restoration.method;
  const [before, after] = [seen.get(provider), next.get(provider)];
  const change = { account, seen, next };
  return recordAndNotify(dependencies, caller, account.accountId, {
    type: after === undefined ? 'unlinked' : before === undefined ? 'linked' : 'replaced',
    provider,
    display: shownDisplay(restoration.method),
    destinations: listDestinationsOfChange(change, dependencies.settings.rules, now),
    ...(before && { before }),
    ...(after && { after }),
  });
}

/**
 * Puts back what was before, whole, once the code by SMS was right: code used up, methods and claims changed, history written; and says
 * "this wasn't me" with it, if nobody has.
 *
 * @throws Problem `identity_registered`, `identity_linked`, `identity_sub_account` if the identity is another account's by now:
 *   then the code is used up, and nothing else is changed
 */
async function putBack(
  dependencies: Core,
  caller: Caller,
  { view, plan, now }: { view: LinkView; plan: Plan; now: EpochSeconds },
): Promise<NoticeView> {
  const { table, observer } = dependencies;
  const { link, notice, account, methods: seen, challenge } = view;
  const { accountId } = account;
  const used = challengeChanged(table, accountId, restoreName(link), consumeCheck(challenge), now);
  const change = { account, seen, next: plan.next, now };
  const frozen = saidAt(notice, account) ? undefined : freeze(dependencies, caller, notice, change);
  const isPutBack = plan.restoration !== undefined;
  const reset = {
    browsersForgottenAt: now,
    ...(frozen && { frozenUntil: frozen.frozenUntil }),
    ...(plan.isOnly && keepOnlyAt(account, challenge, dependencies.clock())),
  };
  try {
    await commit(table, [
      ...methodsChanged(dependencies, change),
      used,
      noticeRestored(table, notice, { now, isPutBack }),
      accountReset(table, account, reset),
      ...(frozen?.told ?? []),
      ...recordRestoration(dependencies, caller, view, plan, now),
      ...recordStates(dependencies, caller, change),
    ]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { provider, display } = notice;
    const event = { type: 'refused', provider, display, reason: error.code } as const;
    await commit(table, [
      used,
      accountKept(table, account),
      recordEvent(dependencies, caller, accountId, event),
    ]);
    throw error;
  }
  observer.count('Restored');
  return {
    notice: {
      ...notice,
      confirmedAt: notice.confirmedAt ?? now,
      restoredAt: now,
      ...(isPutBack && { isPutBack }),
    },
    account: { ...account, ...reset },
    methods: plan.next,
  };
}

/** Judges the code to restore with; a right one puts back what was before, and keeps one method alone where that is asked for. */
export async function restoreMethod(
  dependencies: Core & WithKeys,
  caller: Caller,
  {
    form: { token, code, only },
    now,
  }: { form: { token: string; code: Code; only?: WayIn | undefined }; now: EpochSeconds },
): Promise<NoticeAnswer> {
  const { table, settings, keys } = dependencies;
  const view = await requireLink(dependencies, token, now);
  const { link, notice, account, challenge } = view;
  requireNotPutBack(notice);
  const plan = planRestore(dependencies, view, only);
  const budget = restoreBudget(link.by, settings.rules);
  const guess = { code, purpose: 'restore', now, rules: settings.rules, budget, keys } as const;
  requireLatest(account, challenge);
  const judgement = judgeCheckCode(challenge, undoBinding(link), guess);
  if (judgement.verdict === 'wrong') {
    await commit(table, [
      challengeChanged(table, account.accountId, restoreName(link), judgement.next, now),
      ...linkSucceeded(dependencies, view, judgement.next, now),
    ]);
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  }
  const restored = await putBack(dependencies, caller, { view, plan, now });
  if (account.phone) countStep(dependencies, 'CodeVerified', { by: 'sms', to: account.phone });
  return noticeBody({ ...restored, link }, now);
}
