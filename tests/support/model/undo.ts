import { endEverySession, record } from './accounts.ts';
import { type Answer, answered, codeOf, goOn, type Pending, pending, Refused } from './answers.ts';
import { conflictAt, release, take } from './identities.ts';
import { consume, countWrong, type Fate, isRight, newCheckCode, requireCheckCode } from './sending.ts';
import {
  altered,
  challengeOf,
  DAY,
  iso,
  isoOrNull,
  type Label,
  type Method,
  methodOf,
  type Notice,
  type State,
  shown,
} from './state.ts';

/** Until when somebody can say that it was not them. */
const UNDO = 3 * DAY;

function requireNotice(state: State, label: Label): Notice {
  const notice = state.notices[label];
  const isThere = notice && notice.at + UNDO > state.now && !state.accounts[notice.account]?.isSub;
  if (!isThere) throw new Refused('undo_expired');
  return notice;
}

const isSamePerson = (one: Method, other: Method): boolean =>
  one.subjects.some((subject) => other.subjects.includes(subject));

/** What would put things back to what they were, where they are not so already. */
function restoration(state: State, { account, type, provider, before, after }: Notice) {
  const current = methodOf(state, account, provider);
  if (current?.relation === 'registered') return undefined;
  if (type === 'linked')
    return after && current && isSamePerson(after, current)
      ? ({ restore: 'unlink', method: current } as const)
      : undefined;
  if (type === 'signed_in' || type === 'frozen' || before === undefined) return undefined;
  if (current && isSamePerson(before, current)) return undefined;
  return { restore: 'link', method: before, current } as const;
}

function page(state: State, label: Label): Answer {
  const notice = requireNotice(state, label);
  const { account, type, provider, display, at, confirmedAt, restoredAt } = notice;
  const { frozenUntil = 0 } = state.accounts[account] ?? {};
  return {
    status: 200,
    type,
    provider,
    display,
    at: iso(at),
    expiresAt: iso(at + UNDO),
    confirmedAt: isoOrNull(confirmedAt),
    restoredAt: isoOrNull(restoredAt),
    restore: restoredAt === undefined ? (restoration(state, notice)?.restore ?? null) : null,
    frozenUntil: frozenUntil > state.now ? iso(frozenUntil) : null,
  };
}

/** `POST /undo/show` */
export function showNotice(label: Label): Pending {
  return pending((state) => answered(state, page(state, label)));
}

/** `POST /undo`: every session ends, and nothing can be changed for a day. */
export function sayItWasNotMe(label: Label, by: Label): Pending {
  return pending((state) => {
    const { account: accountId, provider, display, type, confirmedAt } = requireNotice(state, label);
    if (confirmedAt !== undefined || type === 'frozen') throw new Refused('undo_expired');
    const after = altered(state, (draft) => {
      const account = draft.accounts[accountId];
      if (account) account.frozenUntil = Math.max(draft.now + DAY, account.frozenUntil ?? 0);
      const notice = draft.notices[label];
      if (notice) notice.confirmedAt = draft.now;
      endEverySession(draft, accountId, by);
      record(draft, accountId, { type: 'frozen', provider, display });
      draft.notices[by] = { account: accountId, type: 'frozen', provider, display, at: draft.now };
    });
    return answered(after, page(after, label));
  });
}

function requireRestoration(state: State, notice: Notice) {
  const { confirmedAt, restoredAt } = notice;
  const found = restoration(state, notice);
  if (confirmedAt === undefined || restoredAt !== undefined || found === undefined)
    throw new Refused('undo_expired');
  return found;
}

const bound = (label: Label): Label => `undo ${label}`;

/** `POST /undo/code` */
export function sendRestoreCode(notice: Label, label: Label, fate: Fate): Pending {
  return pending((state) => {
    const found = requireNotice(state, notice);
    requireRestoration(state, found);
    const { account: accountId } = found;
    const phone = state.accounts[accountId]?.phone ?? null;
    if (phone === null) throw new Refused('phone_missing');
    const boundTo = bound(notice);
    return newCheckCode(state, { accountId, purpose: 'restore', label, fate, phone, boundTo });
  });
}

/** `POST /undo/restore`: puts back what was, if it is still free; a conflict uses up the code. */
export function restore(notice: Label, by: Label, guess: Label): Pending {
  const purpose = 'restore';
  return pending((state) => {
    const told = requireNotice(state, notice);
    const found = requireRestoration(state, told);
    const { account: accountId, provider } = told;
    const challenge = challengeOf(state, accountId, purpose);
    const code = requireCheckCode(state, challenge, bound(notice));
    if (!isRight(state, challenge, code, { guess, resendAt: challenge.resendAt.sms }))
      return countWrong(state, accountId, purpose, 'code');

    const { method } = found;
    const display = shown(provider, method.display);
    const identity = { provider, subjects: method.subjects, display: method.display };
    const conflict = found.restore === 'link' ? conflictAt(state, accountId, identity) : undefined;
    if (conflict !== undefined)
      return goOn(
        state,
        pending((later) => {
          if (JSON.stringify(challengeOf(later, accountId, purpose)) !== JSON.stringify(challenge))
            return goOn(later, restore(notice, by, guess));
          const refused = altered(later, (draft) => {
            consume(draft, accountId, purpose);
            record(draft, accountId, { type: 'refused', provider, display }, codeOf(conflict));
          });
          return answered(refused, conflict.answer);
        }),
      );
    const after = altered(state, (draft) => {
      const before = methodOf(draft, accountId, provider);
      if (before) release(draft, accountId, provider);
      if (found.restore === 'link') take(draft, accountId, identity, by);
      const now = methodOf(draft, accountId, provider);
      const type = now === undefined ? 'unlinked' : before === undefined ? 'linked' : 'replaced';
      record(draft, accountId, { type, provider, display });
      draft.notices[by] = {
        account: accountId,
        type,
        provider,
        display,
        at: draft.now,
        ...(before && { before }),
        ...(now && { after: now }),
      };
      consume(draft, accountId, purpose);
      const restored = draft.notices[notice];
      if (restored) restored.restoredAt = draft.now;
    });
    return answered(after, page(after, notice));
  });
}
