import { type Answer, answered, type Branch, goOn, type Pending, pending, Refused } from './answers.ts';
import {
  type At,
  altered,
  type Challenge,
  type ChallengeKey,
  type Code,
  challengeOf,
  iso,
  keyOf,
  type Label,
  maskedPhone,
  type State,
} from './state.ts';
import { type Budget, failuresLeft, requireGuesses, wait } from './windows.ts';

/** What becomes of a message. */
export type Fate = 'accepted' | 'refused' | 'never sent' | 'lost';

export function put(draft: State, accountId: string, key: ChallengeKey, challenge: Challenge): void {
  draft.challenges[keyOf(accountId, key)] = challenge;
}

export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _gone, ...rest } = value;
  return rest;
}

/** A check that is used up, with whatever was left of it. */
export function consume(draft: State, accountId: string, key: ChallengeKey): void {
  put(draft, accountId, key, without(challengeOf(draft, accountId, key), 'check'));
}

interface Sending {
  readonly accountId: string;
  readonly key: ChallengeKey;
  readonly label: Label;
  /** Where it is mailed to. */
  readonly address?: string;
  /** The window it is counted in, where there is one. */
  readonly to?: string | undefined;
  readonly fate: Fate;
  readonly answer: Answer;
}

/** What is answered once the code is stored. A refused message gives back all it took but the guesses made meanwhile. */
export function sent(stored: State, before: Challenge, sending: Sending): Branch[] {
  const { accountId, key, label, address = '', to = '', fate, answer } = sending;
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
      const current = challengeOf(state, accountId, key);
      const { check, failures, mailResendAt } = current;
      const isWaiting = check?.code?.label === label || check?.mail?.label === label;
      const { [address]: again } = before.mailResendAt;
      const past = again === undefined ? {} : { [address]: again };
      const isOwn = mailResendAt[address] === sentAt + state.rules.resend;
      const kept = {
        failures,
        mailResendAt: isWaiting || isOwn ? { ...without(mailResendAt, address), ...past } : mailResendAt,
      };
      return next(
        altered(state, (draft) => put(draft, accountId, key, { ...(isWaiting ? before : current), ...kept })),
      );
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

/** A new code by SMS takes the place of whatever was under way with the same key. */
export function newCheckCode(
  state: State,
  sending: Omit<Sending, 'answer'> & {
    readonly phone: string;
    /** The session, or the link in a message, that may use it. */
    readonly boundTo: Label;
    readonly answer?: Answer;
    /** What it is counted in besides. */
    readonly counted?: Partial<Challenge>;
    readonly also?: (draft: State) => void;
  },
): Branch[] {
  const { accountId, key, label, to, phone, boundTo, counted, also } = sending;
  const { now, rules } = state;
  const before = challengeOf(state, accountId, key);
  const [expiresAt, again] = [now + rules.smsCodeTtl, now + rules.resend];
  const sentTo = maskedPhone(phone);
  const stored = altered(state, (draft) => {
    const code = { label, attempts: 0, sentAt: now, expiresAt };
    const check = { session: boundTo, factor: 'sms', sentTo, sentAt: now, code } as const;
    const resendAt = { ...before.resendAt, sms: again };
    put(draft, accountId, key, { ...before, ...counted, resendAt, check });
    if (to !== undefined) count(draft, to);
    also?.(draft);
  });
  const answer = { ...sending.answer, sentTo, expiresAt: iso(expiresAt), resendAt: iso(again) };
  return sent(stored, before, { ...sending, answer });
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
  given: { readonly guess: Label; readonly resendAt: At | undefined; readonly budget?: Budget },
): boolean {
  const { guess, resendAt = now, budget } = given;
  requireGuesses(failures, now, rules, budget);
  if (code.attempts >= rules.attempts)
    throw new Refused('too_many_attempts', { retryAfter: wait(resendAt, now) });
  return code.label === guess;
}

/** A wrong guess is counted at its code and for its day. */
export function countWrong(
  state: State,
  accountId: string,
  key: ChallengeKey,
  {
    step,
    budget,
    also,
    spent,
  }: {
    readonly step: 'code' | 'mail';
    readonly budget?: Budget;
    readonly also?: (draft: State) => void;
    /** What comes of the last that there was. */
    readonly spent?: (draft: State) => void;
  },
): Branch[] {
  const { now, rules } = state;
  const failures = [now, ...challengeOf(state, accountId, key).failures];
  const left = failuresLeft(failures, now, rules, budget);
  const after = altered(state, (draft) => {
    const challenge = challengeOf(draft, accountId, key);
    const code = challenge.check?.[step];
    if (code) code.attempts += 1;
    put(draft, accountId, key, { ...challenge, failures });
    if (left === 0) spent?.(draft);
    also?.(draft);
  });
  const ofCode = rules.attempts - (challengeOf(after, accountId, key).check?.[step]?.attempts ?? 0);
  return answered(after, { status: 422, code: 'code_wrong', attemptsLeft: Math.min(ofCode, left) });
}
