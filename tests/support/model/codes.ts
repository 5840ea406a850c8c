import {
  methodRow,
  requirePossible,
  requireSignedIn,
  requireVerified,
  type SignedIn,
  tell,
  use,
} from './accounts.ts';
import { answered, codeOf, goOn, type Pending, pending, Refused } from './answers.ts';
import { conflictAt, link } from './identities.ts';
import {
  altered,
  type Challenge,
  type Code,
  challengeOf,
  iso,
  type Jar,
  keyOf,
  type Label,
  maskedAddress,
  maskedPhone,
  type Purpose,
  type State,
} from './state.ts';
import { failuresLeft, requireGuesses, requireInterval, requireRoom, wait } from './windows.ts';

/** What becomes of a message. */
export type Fate = 'accepted' | 'refused' | 'never sent' | 'lost';

function put(draft: State, accountId: string, purpose: Purpose, challenge: Challenge): void {
  draft.challenges[keyOf(accountId, purpose)] = challenge;
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _gone, ...rest } = value;
  return rest;
}

interface Sending {
  readonly accountId: string;
  readonly purpose: Purpose;
  readonly label: Label;
  /** Of the quota. */
  readonly to: string;
  readonly fate: Fate;
  readonly answer: object;
}

/** What is answered once the code is stored. A refused message gives back all it took but the guesses made meanwhile. */
function sent(stored: State, before: Challenge, sending: Sending) {
  const { accountId, purpose, label, to, fate, answer } = sending;
  const told = fate === 'accepted' ? { status: 202, ...answer } : { status: 502, code: 'delivery_failed' };
  if (fate !== 'refused') return answered(stored, told);
  const sentAt = stored.now;
  const end = (state: State) => answered(state, told);
  const giveBack = (next: (state: State) => ReturnType<typeof end>): Pending => {
    const goOnAfter = (state: State) => next(state);
    return pending(
      (state) =>
        goOnAfter(
          altered(state, (draft) => {
            const sends = draft.sends[to] ?? [];
            const index = sends.indexOf(sentAt);
            if (index >= 0) sends.splice(index, 1);
          }),
        ),
      goOnAfter,
    );
  };
  const restore = (next: (state: State) => ReturnType<typeof end>): Pending =>
    pending((state) => {
      const { check, failures } = challengeOf(state, accountId, purpose);
      if (check?.sms?.label !== label && check?.mail?.label !== label) return next(state);
      return next(altered(state, (draft) => put(draft, accountId, purpose, { ...before, failures })));
    }, next);
  // At the same time, and each to its end.
  return [
    ...goOn(
      stored,
      giveBack((state) => goOn(state, restore(end))),
    ),
    ...goOn(
      stored,
      restore((state) => goOn(state, giveBack(end))),
    ),
  ];
}

/** Counts a send, or refuses it. */
function count(draft: State, to: string): void {
  draft.sends[to] = [draft.now, ...(draft.sends[to] ?? [])];
}

/** `POST /otp/send` */
export function sendSms(jar: Jar, label: Label, purpose: Purpose, fate: Fate): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireSignedIn(state, jar);
    const { accountId } = signedIn;
    const phone = requirePossible(state, signedIn, purpose);
    const before = challengeOf(state, accountId, purpose);
    requireGuesses(before.failures, now, rules);
    requireInterval(before.smsResendAt, now);
    const to = keyOf('sms', phone);
    requireRoom(state.sends[to] ?? [], now, rules);
    const [expiresAt, smsResendAt] = [now + rules.smsCodeTtl, now + rules.resend];
    const sentTo = maskedPhone(phone);
    const sms = { label, attempts: 0, expiresAt };
    const stored = altered(state, (draft) => {
      const check = { session: signedIn.label, sentTo, sms };
      put(draft, accountId, purpose, { ...before, smsResendAt, check });
      count(draft, to);
      use(draft, signedIn.label);
    });
    const answer = { purpose, sentTo, expiresAt: iso(expiresAt), resendAt: iso(smsResendAt) };
    return sent(stored, before, { accountId, purpose, label, to, fate, answer });
  });
}

/** Whether a guess is right, where it may be judged at all. */
function judge(state: State, challenge: Challenge, code: Code, resendAt: number | undefined, guess: Label) {
  const { now, rules } = state;
  requireGuesses(challenge.failures, now, rules);
  if (code.attempts >= rules.attempts)
    throw new Refused('too_many_attempts', { retryAfter: wait(resendAt ?? now, now) });
  return code.label === guess;
}

/** A wrong guess is counted at its code and for its day. */
function countWrong(
  state: State,
  { accountId, label }: SignedIn,
  purpose: Purpose,
  step: 'sms' | 'mail',
): ReturnType<Pending['step']> {
  const { now, rules } = state;
  const after = altered(state, (draft) => {
    const challenge = challengeOf(draft, accountId, purpose);
    challenge.failures.unshift(now);
    const code = challenge.check?.[step];
    if (code) code.attempts += 1;
    use(draft, label);
  });
  const { failures, check } = challengeOf(after, accountId, purpose);
  const ofCode = rules.attempts - (check?.[step]?.attempts ?? 0);
  const attemptsLeft = Math.min(ofCode, failuresLeft(failures, now, rules));
  return answered(after, { status: 422, code: 'code_wrong', attemptsLeft });
}

/** `POST /otp/verify` */
export function verifySms(jar: Jar, purpose: Purpose, guess: Label): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireSignedIn(state, jar);
    requirePossible(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const challenge = challengeOf(state, accountId, purpose);
    const { check } = challenge;
    if (check?.session !== label || check.sms === undefined || check.sms.expiresAt <= now)
      throw new Refused('code_expired');
    if (!judge(state, challenge, check.sms, challenge.smsResendAt, guess))
      return countWrong(state, signedIn, purpose, 'sms');
    const verifiedUntil = now + rules.checkTtl;
    const after = altered(state, (draft) => {
      put(draft, accountId, purpose, { ...challenge, check: { ...without(check, 'sms'), verifiedUntil } });
      use(draft, label);
    });
    return answered(after, { status: 200, purpose, verifiedUntil: iso(verifiedUntil) });
  });
}

const LINK_EMAIL = 'link_email';

/** `POST /links/email/send` */
export function sendMail(jar: Jar, label: Label, address: string, fate: Fate): Pending {
  const purpose = LINK_EMAIL;
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireSignedIn(state, jar);
    requirePossible(state, signedIn, purpose);
    const check = requireVerified(state, signedIn, purpose);
    const { accountId } = signedIn;
    const before = challengeOf(state, accountId, purpose);
    requireGuesses(before.failures, now, rules);
    requireInterval(before.mailResendAt, now);
    const to = keyOf('mail', address);
    requireRoom(state.sends[to] ?? [], now, rules);
    const [expiresAt, mailResendAt] = [now + rules.mailCodeTtl, now + rules.resend];
    const stored = altered(state, (draft) => {
      const mail = { address, label, attempts: 0, expiresAt };
      put(draft, accountId, purpose, { ...before, mailResendAt, check: { ...check, mail } });
      count(draft, to);
      use(draft, signedIn.label);
    });
    const answer = {
      sentTo: maskedAddress(address),
      expiresAt: iso(expiresAt),
      resendAt: iso(mailResendAt),
    };
    return sent(stored, before, { accountId, purpose, label, to, fate, answer });
  });
}

/** `POST /links/email`: a conflict uses up the code, never the identity check. */
export function confirmMail(jar: Jar, by: Label, address: string, guess: Label): Pending {
  const purpose = LINK_EMAIL;
  return pending((state) => {
    const signedIn = requireSignedIn(state, jar);
    requirePossible(state, signedIn, purpose);
    const check = requireVerified(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const challenge = challengeOf(state, accountId, purpose);
    const { mail } = check;
    if (mail?.address !== address || mail.expiresAt <= state.now) throw new Refused('code_expired');
    if (!judge(state, challenge, mail, challenge.mailResendAt, guess))
      return countWrong(state, signedIn, purpose, 'mail');

    const identity = { provider: 'email', subjects: [address], display: address } as const;
    const conflict = conflictAt(state, accountId, identity);
    if (conflict !== undefined) return goOn(state, refuse(conflict));
    const after = altered(state, (draft) => {
      link(draft, accountId, identity, by);
      put(draft, accountId, purpose, without(challenge, 'check'));
      use(draft, label);
    });
    return answered(after, { status: 201, method: methodRow(after, accountId, 'email') });

    function refuse(refusal: Refused): Pending {
      return pending((later) => {
        const isUnchanged =
          JSON.stringify(challengeOf(later, accountId, purpose)) === JSON.stringify(challenge) &&
          later.sessions[label] !== undefined;
        if (!isUnchanged) return goOn(later, confirmMail(jar, by, address, guess));
        const refused = altered(later, (draft) => {
          put(draft, accountId, purpose, { ...challenge, check: without(check, 'mail') });
          const event = { type: 'refused', provider: 'email', display: maskedAddress(address) } as const;
          tell(draft, accountId, event, codeOf(refusal));
          use(draft, label);
        });
        return answered(refused, refusal.answer);
      });
    }
  });
}
