import { type Answer, answered, type Branch, goOn, type Pending, pending, Refused } from './answers.ts';
import {
  type At,
  altered,
  type Challenge,
  type Code,
  type CodePurpose,
  challengeOf,
  iso,
  keyOf,
  type Label,
  maskedPhone,
  type State,
} from './state.ts';
import { failuresLeft, requireGuesses, requireInterval, requireRoom, wait } from './windows.ts';

/** What becomes of a message. */
export type Fate = 'accepted' | 'refused' | 'never sent' | 'lost';

export function put(draft: State, accountId: string, purpose: CodePurpose, challenge: Challenge): void {
  draft.challenges[keyOf(accountId, purpose)] = challenge;
}

export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _gone, ...rest } = value;
  return rest;
}

/** A check that is used up, with whatever was left of it. */
export function consume(draft: State, accountId: string, purpose: CodePurpose): void {
  put(draft, accountId, purpose, without(challengeOf(draft, accountId, purpose), 'check'));
}

interface Sending {
  readonly accountId: string;
  readonly purpose: CodePurpose;
  readonly label: Label;
  /** Of the quota. */
  readonly to: string;
  readonly fate: Fate;
  readonly answer: Answer;
}

/** What is answered once the code is stored. A refused message gives back all it took but the guesses made meanwhile. */
export function sent(stored: State, before: Challenge, sending: Sending): Branch[] {
  const { accountId, purpose, label, to, fate, answer } = sending;
  const told = fate === 'accepted' ? { status: 202, ...answer } : { status: 502, code: 'delivery_failed' };
  if (fate !== 'refused') return answered(stored, told);
  const sentAt = stored.now;
  type Next = (state: State) => Branch[];
  const end: Next = (state) => answered(state, told);
  const refund = (next: Next): Pending =>
    pending((state) => {
      const after = altered(state, (draft) => {
        const sends = draft.sends[to] ?? [];
        const index = sends.indexOf(sentAt);
        if (index >= 0) sends.splice(index, 1);
      });
      return next(after);
    }, next);
  const restore = (next: Next): Pending =>
    pending((state) => {
      const { check, failures } = challengeOf(state, accountId, purpose);
      if (check?.code?.label !== label && check?.mail?.label !== label) return next(state);
      return next(altered(state, (draft) => put(draft, accountId, purpose, { ...before, failures })));
    }, next);
  // At the same time, and each to its end.
  const oneWay = refund((state) => goOn(state, restore(end)));
  const otherWay = restore((state) => goOn(state, refund(end)));
  return [...goOn(stored, oneWay), ...goOn(stored, otherWay)];
}

/** Counts a send. */
export function count(draft: State, to: string): void {
  draft.sends[to] = [draft.now, ...(draft.sends[to] ?? [])];
}

/** A new code of an identity check, by SMS, takes the place of whatever was under way for this account and purpose. */
export function newCheckCode(
  state: State,
  sending: Pick<Sending, 'accountId' | 'purpose' | 'label' | 'fate'> & {
    readonly phone: string;
    /** The session, or the link in a message, that may use it. */
    readonly boundTo: Label;
    readonly also?: (draft: State) => void;
  },
): Branch[] {
  const { accountId, purpose, label, fate, phone, boundTo, also } = sending;
  const { now, rules } = state;
  const before = challengeOf(state, accountId, purpose);
  requireGuesses(before.failures, now, rules);
  requireInterval(before.resendAt.sms, now);
  const to = keyOf('sms', phone);
  requireRoom(state.sends[to] ?? [], now, rules);
  const [expiresAt, again] = [now + rules.smsCodeTtl, now + rules.resend];
  const sentTo = maskedPhone(phone);
  const stored = altered(state, (draft) => {
    const code = { label, attempts: 0, expiresAt };
    const check = { session: boundTo, factor: 'sms', sentTo, code } as const;
    put(draft, accountId, purpose, { ...before, resendAt: { ...before.resendAt, sms: again }, check });
    count(draft, to);
    also?.(draft);
  });
  const answer = {
    ...(purpose !== 'restore' && { purpose }),
    sentTo,
    expiresAt: iso(expiresAt),
    resendAt: iso(again),
  };
  return sent(stored, before, { accountId, purpose, label, to, fate, answer });
}

/** The code of an identity check that waits, for whom it was sent. */
export function requireCheckCode({ now }: State, { check }: Challenge, boundTo: Label): Code {
  const code = check?.session === boundTo ? check.code : undefined;
  if (code === undefined || code.expiresAt <= now) throw new Refused('code_expired');
  return code;
}

/** Whether a guess is right, where it may be judged at all. */
export function isRight(
  { now, rules }: State,
  { failures }: Challenge,
  code: Code,
  { guess, resendAt = now }: { readonly guess: Label; readonly resendAt: At | undefined },
): boolean {
  requireGuesses(failures, now, rules);
  if (code.attempts >= rules.attempts)
    throw new Refused('too_many_attempts', { retryAfter: wait(resendAt, now) });
  return code.label === guess;
}

/** A wrong guess is counted at its code and for its day. */
export function countWrong(
  state: State,
  accountId: string,
  purpose: CodePurpose,
  step: 'code' | 'mail',
  also?: (draft: State) => void,
): Branch[] {
  const { now, rules } = state;
  const after = altered(state, (draft) => {
    const challenge = challengeOf(draft, accountId, purpose);
    challenge.failures.unshift(now);
    const code = challenge.check?.[step];
    if (code) code.attempts += 1;
    also?.(draft);
  });
  const { failures, check } = challengeOf(after, accountId, purpose);
  const ofCode = rules.attempts - (check?.[step]?.attempts ?? 0);
  const attemptsLeft = Math.min(ofCode, failuresLeft(failures, now, rules));
  return answered(after, { status: 422, code: 'code_wrong', attemptsLeft });
}
