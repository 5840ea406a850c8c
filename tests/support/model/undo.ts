import { countSignOut, endEverySession, record, requireActing, type SignedIn } from './accounts.ts';
import { type Answer, answered, codeOf, goOn, type Pending, pending, Refused } from './answers.ts';
import { conflictAt, markOfAccount, release, take } from './identities.ts';
import {
  codedAt,
  destinationsOf,
  type Link,
  methodAbout,
  onlyOf,
  type Restoration,
  requireNotice,
  requireOwnNotice,
  requireTold,
  restorationOf,
  saidAt,
  tellOwner,
  UNDO,
} from './notices.ts';
import { consume, countWrong, type Fate, isRight, newCheckCode, requireCheckCode } from './sending.ts';
import {
  altered,
  type ChallengeKey,
  challengeOf,
  DAY,
  iso,
  isoOrNull,
  type Jar,
  keyOf,
  type Label,
  methodOf,
  type Notice,
  type Provider,
  type State,
  shown,
} from './state.ts';
import { clear, type Doing, suspend, suspendOthers } from './suspensions.ts';
import { failuresLeft, requireGuesses, requireInterval, roomAt } from './windows.ts';

/** What a message of a notice was written in; null for a mail in both languages. SMS to the cast are in Chinese. */
function languageOf(state: State, { account, languageBefore }: Notice, by?: Link['by']): string | null {
  const { phone = null, preferences } = state.accounts[account] ?? {};
  if (by === 'sms' && phone !== null) return 'zh-CN';
  return languageBefore === undefined ? (preferences?.language ?? null) : languageBefore;
}

/** @param by the channel of the link that it was asked for with */
function page(state: State, notice: Notice, by?: Link['by']): Answer {
  const { account, type, provider, display, at, expiresAt, restoredAt, isPutBack } = notice;
  const { frozenUntil = 0 } = state.accounts[account] ?? {};
  return {
    status: 200,
    type,
    isAttempt: notice.isAttempt === true,
    ...(notice.byOperator && { byOperator: true }),
    provider,
    display,
    at: iso(at),
    expiresAt: iso(expiresAt),
    confirmedAt: isoOrNull(saidAt(state, notice)),
    restoredAt: isoOrNull(restoredAt),
    restore: isPutBack ? null : (restorationOf(state, notice)?.restore ?? null),
    only: isPutBack ? [] : onlyOf(state, notice),
    frozenUntil: frozenUntil > state.now ? iso(frozenUntil) : null,
    language: languageOf(state, notice, by),
  };
}

/** As a page shows it that a change was asked for from. */
function pageAfter(state: State, label: Label, by?: Link['by']): Answer {
  const notice = state.notices[label];
  if (notice === undefined) throw new Refused('undo_expired');
  return page(state, notice, by);
}

/** How many days' worth of guesses the browsers that know an account of the phone have together. */
const BUDGETS_TOGETHER = 5;

/** The windows that a guess at the codes of a phone is judged by, and counted in. */
function windowsAt(state: State, { device }: Jar, phone: string) {
  const isKnown = codedAt(state, phone).some((label) => {
    const { account = '' } = state.notices[label] ?? {};
    return device !== undefined && markOfAccount(account) in device.knows;
  });
  const all = { key: keyOf('undo', phone), budgets: 1 };
  const windows = isKnown
    ? [
        { key: keyOf('undo', phone, device?.id ?? ''), budgets: 1 },
        { ...all, budgets: BUDGETS_TOGETHER },
      ]
    : [all];
  return windows.map((window) => ({ ...window, failures: state.failures[window.key] ?? [] }));
}

/** `POST /undo/open`, with the code of a notice: the same at a phone that nobody has, or that no code went to. */
export function openByCode(jar: Jar, phone: string, notice: Label): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const windows = windowsAt(state, jar, phone);
    for (const { failures, budgets } of windows) requireGuesses(failures, now, rules, { budgets });
    if (codedAt(state, phone).includes(notice)) return answered(state, { status: 200, token: notice });
    const left = windows.map(({ failures, budgets }) =>
      failuresLeft([now, ...failures], now, rules, { budgets }),
    );
    const after = altered(state, (draft) => {
      for (const { key, failures } of windows) draft.failures[key] = [now, ...failures];
    });
    return answered(after, { status: 422, code: 'code_wrong', attemptsLeft: Math.min(...left) });
  });
}

/** `POST /undo/show` */
export function showNotice(link: Link): Pending {
  return pending((state) => answered(state, page(state, requireNotice(state, link), link.by)));
}

/** Every session ends, and nothing can be linked for a day. */
function freeze(draft: State, label: Label, { by, ...doing }: Doing): void {
  const notice = draft.notices[label];
  const account = notice && draft.accounts[notice.account];
  if (notice === undefined || account === undefined) return;
  account.frozenUntil = Math.max(draft.now + DAY, account.frozenUntil ?? 0);
  notice.confirmedAt = draft.now;
  endEverySession(draft, notice.account, by);
  const { provider, display } = notice;
  const method = { subjects: [], display };
  tellOwner(draft, notice.account, by, { type: 'frozen', provider, display, method, ...doing });
}

function disowned(state: State, label: Label, by: Label, bySession?: Label): State {
  const notice = state.notices[label];
  if (notice === undefined || notice.type === 'frozen' || saidAt(state, notice) !== undefined)
    throw new Refused('undo_expired');
  const destinations = destinationsOf(state, notice.account);
  const doing: Doing = { by, destinations, ...(bySession && { bySession }) };
  return altered(state, (draft) => {
    freeze(draft, label, doing);
    if (notice.type !== 'suspended' && methodAbout(draft, notice))
      suspend(draft, notice.account, notice.provider, doing);
  });
}

/** `POST /undo` */
export function sayItWasNotMe(link: Link, by: Label): Pending {
  return pending((state) => {
    requireNotice(state, link);
    const after = disowned(state, link.notice, by);
    return answered(after, pageAfter(after, link.notice, link.by));
  });
}

/** `POST /account/notices/{id}/disown`: the session is looked at, and after that the notice. */
export function disown(jar: Jar, label: Label, by: Label): Pending {
  const say = ({ accountId, session, label: bySession }: SignedIn) =>
    pending((state) => {
      requireOwnNotice(state, accountId, label);
      requireTold(state, label);
      const after = altered(disowned(state, label, by, bySession), (draft) =>
        countSignOut(draft, accountId, session.openedBy),
      );
      requireActing(state, jar);
      return answered(after, pageAfter(after, label), { session: null });
    });
  return pending((state) => goOn(state, say(requireActing(state, jar))));
}

/** Of links to the phone, each has guesses and codes of its own, for as long as it is good; of mailed ones, all of a day together. */
const BUDGETS = {
  sms: { seconds: UNDO, codes: 5 },
  mail: { seconds: DAY, codes: 20 },
} as const;

export const keyOfLink = ({ notice, by }: Link): ChallengeKey => `restore ${by === 'mail' ? 'mail' : notice}`;
/** What a code to restore is bound to. */
export const boundTo = ({ notice, by }: Link): Label => keyOf('undo', by, notice);

/** A link to the phone that can do no more gets a successor, which gets one, which gets one. */
function succeed(draft: State, { notice: label, by: channel }: Link, by: Label): void {
  const notice = draft.notices[label];
  if (notice === undefined || channel === 'mail') return;
  const { told: _told, phoneRevision: _phone, ...about } = notice;
  const generation = (notice.generation ?? 0) + 1;
  if (generation <= 3) draft.notices[keyOf(by, 'successor')] = { ...about, isSuccessor: true, generation };
}

/** What is there to be restored by a link. */
function requireRestorable(state: State, link: Link, only?: Provider): Notice {
  const notice = requireNotice(state, link);
  if (notice.isPutBack) throw new Refused('undo_expired');
  if (only !== undefined && !onlyOf(state, notice).includes(only)) throw new Refused('not_linked');
  return notice;
}

/** `POST /undo/code` */
export function sendRestoreCode(link: Link, label: Label, fate: Fate): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const { account: accountId } = requireRestorable(state, link);
    const phone = state.accounts[accountId]?.phone ?? null;
    if (phone === null) throw new Refused('phone_missing');
    const key = keyOfLink(link);
    const { failures, resendAt, codes = [] } = challengeOf(state, accountId, key);
    const budget = BUDGETS[link.by];
    requireGuesses(failures, now, rules, budget);
    requireInterval(resendAt.sms, now);
    const until = roomAt(codes, budget.codes, budget.seconds);
    if (until > now) throw new Refused('quota_exceeded', { retryAfter: until - now });
    const counted = { codes: [now, ...codes] };
    const isLast = roomAt(counted.codes, budget.codes, budget.seconds) > now;
    const also = (draft: State) => isLast && succeed(draft, link, label);
    return newCheckCode(state, { accountId, key, label, fate, phone, boundTo: boundTo(link), counted, also });
  });
}

/** `POST /undo/restore`: puts back what was, if it is still free; a conflict uses up the code. */
export function restore(link: Link, by: Label, guess: Label, only?: Provider): Pending {
  const { notice: label } = link;
  const key = keyOfLink(link);
  return pending((state) => {
    const told = requireRestorable(state, link, only);
    const { account: accountId, provider } = told;
    const found = planned(state, told, only);
    if (found === undefined && only === undefined) throw new Refused('undo_expired');
    const challenge = challengeOf(state, accountId, key);
    const code = requireCheckCode(state, challenge, boundTo(link));
    if (code.sentAt < (state.accounts[accountId]?.only?.codeSentAt ?? 0)) throw new Refused('code_expired');
    const budget = BUDGETS[link.by];
    if (!isRight(state, challenge, code, { guess, resendAt: challenge.resendAt.sms, budget })) {
      const spent = (draft: State) => succeed(draft, link, by);
      return countWrong(state, accountId, key, { step: 'code', budget, spent });
    }
    const conflict =
      found?.restore === 'link' ? conflictAt(state, accountId, { provider, ...found.method }) : undefined;
    if (conflict !== undefined) return goOn(state, refuse(conflict));
    const doing: Doing = { by, destinations: destinationsOf(state, accountId) };
    const after = altered(state, (draft) => {
      consume(draft, accountId, key);
      if (saidAt(state, told) === undefined) freeze(draft, label, doing);
      else if (only !== undefined) endEverySession(draft, accountId, by);
      const account = draft.accounts[accountId];
      if (account) account.browsersForgottenAt = draft.now;
      if (found) putBack(draft, told, found, doing, only);
      if (only !== undefined) {
        clear(draft, accountId, only, doing);
        suspendOthers(draft, accountId, { only, codeSentAt: code.sentAt }, doing);
      }
      const restored = draft.notices[label];
      if (restored) restored.restoredAt = draft.now;
      if (restored) restored.confirmedAt ??= draft.now;
      // A link is used up by what it puts back.
      if (restored && found) restored.isPutBack = true;
    });
    return answered(after, pageAfter(after, label, link.by));

    function refuse(refusal: Refused): Pending {
      return pending((later) => {
        if (JSON.stringify(challengeOf(later, accountId, key)) !== JSON.stringify(challenge))
          return goOn(later, restore(link, by, guess, only));
        const refused = altered(later, (draft) => {
          consume(draft, accountId, key);
          const display = shown(provider, found?.method.display ?? '');
          record(draft, accountId, { type: 'refused', provider, display }, codeOf(refusal));
        });
        return answered(refused, refusal.answer);
      });
    }
  });
}

/** What is to be put back. Who says that one way in is to be the only one neither unlinks it with that, nor links another. */
function planned(state: State, notice: Notice, only: Provider | undefined): Restoration | undefined {
  const found = restorationOf(state, notice);
  const isNamed = notice.provider === only;
  if (only === undefined || found === undefined) return found;
  return (found.restore === 'unlink') === isNamed ? undefined : found;
}

/** The method is what it was before, as it was; what is there in its place goes. */
function putBack(
  draft: State,
  { account, provider }: Notice,
  { restore: how, method }: Restoration,
  doing: Doing,
  only: Provider | undefined,
): void {
  if (how === 'clear') {
    clear(draft, account, provider, doing);
    return;
  }
  const { by } = doing;
  const before = methodOf(draft, account, provider);
  if (before) release(draft, account, provider);
  const as = only === undefined ? method : { ...method, isSuspended: false };
  const after = how === 'link' ? take(draft, account, { provider, ...method }, by, as) : undefined;
  const type = after === undefined ? 'unlinked' : before === undefined ? 'linked' : 'replaced';
  // An address that is suspended with that is no longer trusted.
  const isMailTrusted = provider === 'email' || only === undefined || only === 'email';
  const destinations = doing.destinations.map((to) => {
    return { ...to, hasLink: to.hasLink && (to.by === 'sms' || isMailTrusted) };
  });
  const changed = { ...(before && { before }), ...(after && { after }) };
  tellOwner(draft, account, by, { type, provider, method, destinations, ...changed });
}
