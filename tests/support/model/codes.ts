import {
  checkKey,
  isMailProof,
  linkingOf,
  methodRow,
  record,
  requireActing,
  requirePossible,
  requireVerified,
  type SignedIn,
  use,
} from './accounts.ts';
import { answered, codeOf, goOn, type Pending, pending, Refused } from './answers.ts';
import { link, refusalOf } from './identities.ts';
import { proveMail } from './mail.ts';
import { tellOwner } from './notices.ts';
import {
  consume,
  count,
  countWrong,
  type Fate,
  isRight,
  newCheckCode,
  put,
  requireCheckCode,
  sent,
  without,
} from './sending.ts';
import {
  altered,
  challengeOf,
  iso,
  type Jar,
  keyOf,
  type Label,
  maskedAddress,
  methodOf,
  type Purpose,
  type State,
} from './state.ts';
import { requireGuesses, requireInterval, requireRoom } from './windows.ts';

/** Of sessions that one method opened, the window of codes to the phone. */
const windowOf = (phone: string, { session }: SignedIn) => keyOf('sms', phone, session.openedBy);

/** `POST /otp/send` */
export function sendSms(jar: Jar, label: Label, purpose: Purpose, fate: Fate): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireActing(state, jar);
    const phone = requirePossible(state, signedIn, purpose);
    const { accountId, label: boundTo } = signedIn;
    const key = checkKey(signedIn, purpose);
    const { failures, resendAt } = challengeOf(state, accountId, key);
    requireGuesses(failures, now, rules);
    requireInterval(resendAt.sms, now);
    const to = windowOf(phone, signedIn);
    requireRoom(state.sends[to] ?? [], now, rules);
    const also = (draft: State) => use(draft, boundTo);
    return newCheckCode(state, {
      accountId,
      key,
      label,
      fate,
      to,
      phone,
      boundTo,
      answer: { purpose },
      also,
    });
  });
}

/** The wrong guesses of a day are spent: the owner is told which method's sessions did that. */
function tellLocked(draft: State, { accountId, session, label }: SignedIn, by: Label): void {
  const method = methodOf(draft, accountId, session.openedBy);
  if (method)
    tellOwner(draft, accountId, by, {
      type: 'locked',
      provider: session.openedBy,
      method,
      bySession: label,
    });
}

/** `POST /otp/verify` */
export function verifySms(jar: Jar, by: Label, purpose: Purpose, guess: Label): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const also = (draft: State) => use(draft, label);
    const key = checkKey(signedIn, purpose);
    const challenge = challengeOf(state, accountId, key);
    const code = requireCheckCode(state, challenge, label);
    if (!isRight(state, challenge, code, { guess, resendAt: challenge.resendAt.sms })) {
      const spent = (draft: State) => tellLocked(draft, signedIn, by);
      return countWrong(state, accountId, key, { step: 'code', also, spent });
    }
    const verifiedUntil = now + rules.checkTtl;
    const after = altered(state, (draft) => {
      const { check } = challengeOf(draft, accountId, key);
      if (check)
        put(draft, accountId, key, { ...challenge, check: { ...without(check, 'code'), verifiedUntil } });
      also(draft);
    });
    return answered(after, { status: 200, purpose, verifiedUntil: iso(verifiedUntil) });
  });
}

/** `POST /links/email/send` */
export function sendMail(jar: Jar, label: Label, address: string, fate: Fate): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireActing(state, jar);
    const purpose = `${linkingOf(state, signedIn.accountId, 'email')}_email` as const;
    requirePossible(state, signedIn, purpose);
    const check = requireVerified(state, signedIn, purpose);
    const { accountId } = signedIn;
    isMailProof(state, accountId, address);
    const key = checkKey(signedIn, purpose);
    const before = challengeOf(state, accountId, key);
    requireGuesses(before.failures, now, rules);
    requireInterval(before.mailResendAt[address], now);
    const to = keyOf('mail', address);
    requireRoom(state.sends[to] ?? [], now, rules);
    const [expiresAt, again] = [now + rules.mailCodeTtl, now + rules.resend];
    const mailResendAt = { ...before.mailResendAt, [address]: again };
    const stored = altered(state, (draft) => {
      const mail = { address, label, attempts: 0, sentAt: now, expiresAt };
      put(draft, accountId, key, { ...before, mailResendAt, check: { ...check, mail } });
      count(draft, to);
      use(draft, signedIn.label);
    });
    const times = { expiresAt: iso(expiresAt), resendAt: iso(again) };
    const answer = { sentTo: maskedAddress(address), ...times };
    return sent(stored, before, { accountId, key, label, address, to, fate, answer });
  });
}

/** `POST /links/email`: a conflict uses up the code, never the identity check. */
export function confirmMail(jar: Jar, by: Label, address: string, guess: Label): Pending {
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    const purpose = `${linkingOf(state, signedIn.accountId, 'email')}_email` as const;
    requirePossible(state, signedIn, purpose);
    const check = requireVerified(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const key = checkKey(signedIn, purpose);
    const challenge = challengeOf(state, accountId, key);
    const { mail } = check;
    if (mail?.address !== address || mail.expiresAt <= state.now) throw new Refused('code_expired');
    if (!isRight(state, challenge, mail, { guess, resendAt: challenge.mailResendAt[address] }))
      return countWrong(state, accountId, key, {
        step: 'mail',
        also: (draft) => use(draft, label),
        spent: (draft) => tellLocked(draft, signedIn, by),
      });

    if (isMailProof(state, accountId, address)) {
      const proved = altered(state, (draft) => {
        proveMail(draft, accountId);
        consume(draft, accountId, key);
        use(draft, label);
      });
      return answered(proved, { status: 201, method: methodRow(proved, accountId, 'email') });
    }
    const identity = { provider: 'email', subjects: [address], display: address } as const;
    const conflict = refusalOf(state, accountId, identity);
    if (conflict !== undefined) return goOn(state, refuse(conflict));
    const after = altered(state, (draft) => {
      link(draft, signedIn, identity, by);
      consume(draft, accountId, key);
      use(draft, label);
    });
    return answered(after, { status: 201, method: methodRow(after, accountId, 'email') });

    function refuse(refusal: Refused): Pending {
      return pending((later) => {
        const isUnchanged =
          JSON.stringify(challengeOf(later, accountId, key)) === JSON.stringify(challenge) &&
          later.sessions[label] !== undefined;
        if (!isUnchanged) return goOn(later, confirmMail(jar, by, address, guess));
        const refused = altered(later, (draft) => {
          put(draft, accountId, key, { ...challenge, check: without(check, 'mail') });
          const event = { type: 'refused', provider: 'email', display: maskedAddress(address) } as const;
          record(draft, accountId, event, codeOf(refusal));
          use(draft, label);
        });
        return answered(refused, refusal.answer);
      });
    }
  });
}
