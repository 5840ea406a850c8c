import { methodRow, record, requirePossible, requireSignedIn, requireVerified, use } from './accounts.ts';
import { answered, codeOf, goOn, type Pending, pending, Refused } from './answers.ts';
import { conflictAt, link } from './identities.ts';
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
  type Purpose,
  type State,
} from './state.ts';
import { requireGuesses, requireInterval, requireRoom } from './windows.ts';

/** `POST /otp/send` */
export function sendSms(jar: Jar, label: Label, purpose: Purpose, fate: Fate): Pending {
  return pending((state) => {
    const signedIn = requireSignedIn(state, jar);
    const phone = requirePossible(state, signedIn, purpose);
    const { accountId, label: boundTo } = signedIn;
    const also = (draft: State) => use(draft, boundTo);
    return newCheckCode(state, { accountId, purpose, label, fate, phone, boundTo, also });
  });
}

/** `POST /otp/verify` */
export function verifySms(jar: Jar, purpose: Purpose, guess: Label): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signedIn = requireSignedIn(state, jar);
    requirePossible(state, signedIn, purpose);
    const { accountId, label } = signedIn;
    const also = (draft: State) => use(draft, label);
    const challenge = challengeOf(state, accountId, purpose);
    const code = requireCheckCode(state, challenge, label);
    if (!isRight(state, challenge, code, { guess, resendAt: challenge.resendAt.sms }))
      return countWrong(state, accountId, purpose, 'code', also);
    const verifiedUntil = now + rules.checkTtl;
    const after = altered(state, (draft) => {
      const { check } = challengeOf(draft, accountId, purpose);
      if (check)
        put(draft, accountId, purpose, { ...challenge, check: { ...without(check, 'code'), verifiedUntil } });
      also(draft);
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
    requireInterval(before.resendAt.mail, now);
    const to = keyOf('mail', address);
    requireRoom(state.sends[to] ?? [], now, rules);
    const [expiresAt, again] = [now + rules.mailCodeTtl, now + rules.resend];
    const resendAt = { ...before.resendAt, mail: again };
    const stored = altered(state, (draft) => {
      const mail = { address, label, attempts: 0, expiresAt };
      put(draft, accountId, purpose, { ...before, resendAt, check: { ...check, mail } });
      count(draft, to);
      use(draft, signedIn.label);
    });
    const times = { expiresAt: iso(expiresAt), resendAt: iso(again) };
    const answer = { sentTo: maskedAddress(address), ...times };
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
    if (!isRight(state, challenge, mail, { guess, resendAt: challenge.resendAt.mail }))
      return countWrong(state, accountId, purpose, 'mail', (draft) => use(draft, label));

    const identity = { provider: 'email', subjects: [address], display: address } as const;
    const conflict = conflictAt(state, accountId, identity);
    if (conflict !== undefined) return goOn(state, refuse(conflict));
    const after = altered(state, (draft) => {
      link(draft, accountId, identity, by);
      consume(draft, accountId, purpose);
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
          record(draft, accountId, event, codeOf(refusal));
          use(draft, label);
        });
        return answered(refused, refusal.answer);
      });
    }
  });
}
