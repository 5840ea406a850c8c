import type { CodeBudget } from './code-budget.ts';
import type { EmailAddress } from './email.ts';
import { type CodePurpose, isWayIn, type Purpose, type WayIn } from './identity.ts';
import { Problem } from './problem.ts';
import { type EpochSeconds, type Rules, secondsUntil, UNDO_SECONDS } from './rules.ts';
import {
  type Code,
  type CodeHmac,
  findCodeKey,
  hmacCode,
  isSameHmac,
  type Keys,
  type TokenHash,
} from './secrets.ts';
import type { Spent } from './spent.ts';
import {
  type Moments,
  requireGuessesLeft,
  requireResendInterval,
  requireRoomToSend,
  roomLeft,
  withMoment,
} from './windows.ts';

/** A code that was sent and not typed yet. */
export interface PendingCode {
  /** Part of what is HMACed, so that the HMAC is of no use for any other code. */
  readonly id: string;
  readonly hmac: CodeHmac;
  /** Guesses that were judged, all of them wrong. */
  readonly attempts: number;
  readonly expiresAt: EpochSeconds;
}

/** How an identity can be checked. A factor that sends a code is named after the channel the code goes out by. */
export type Factor = 'sms';

/** The link in a message that a check to restore is made behind. No hash of a token holds a full stop. */
export type UndoBinding = `undo.${string}`;

/** What a check belongs to: a session or, to restore, the link in a message. It is of no use to any other. */
export type CheckBinding = TokenHash | UndoBinding;

/**
 * Which challenge of an account. Those of identity checks are apart for each method that sessions are opened by, and those to restore
 * for each link to the phone, so that nothing an attacker spends or replaces is lacking to the owner.
 */
export type ChallengeName = `${Purpose}#${WayIn}` | `restore#${string}`;

export const checkName = (purpose: Purpose, openedBy: WayIn): ChallengeName => `${purpose}#${openedBy}`;

/** What a challenge of that name is for, and of which method's sessions; null for what is behind a link. */
export function parseChallengeName(name: ChallengeName): { purpose: CodePurpose; openedBy: WayIn | null } {
  const [purpose, of] = name.split('#');
  return { purpose: purpose as CodePurpose, openedBy: isWayIn(of) ? of : null };
}

/** One identity check under way, for one purpose. */
export interface Check {
  readonly factor: Factor;
  readonly boundTo: CheckBinding;
  /** Where the code went, masked. */
  readonly sentTo: string;
  /** Which of the account's phones that was: its `phoneRevision`. */
  readonly phoneRevision?: number;
  /** When it went there. */
  readonly sentAt: EpochSeconds;
  /** Waits until it is verified, and is gone from then on. */
  readonly code?: PendingCode;
  /** Set once verified: until then the action is open, once. */
  readonly verifiedUntil?: EpochSeconds;
  /** The address to be linked and the code that was mailed to it. */
  readonly mail?: { readonly address: EmailAddress; readonly code: PendingCode };
}

/**
 * Everything that is remembered of one account, purpose and `ChallengeName`. It outlives the check it holds: the wrong guesses of a day
 * and the resend intervals count on, whatever was resent, used up, or begun in another session.
 */
export interface Challenge {
  /** Counts every change: one that is stored alone is written only over what was seen. 0 if nothing is stored. */
  readonly version: number;
  readonly failures: Moments;
  /** Of a budget that counts codes. */
  readonly sends?: Moments;
  /** When a factor may be used again; none if it was not used yet. */
  readonly resendAt: Readonly<Partial<Record<Factor, EpochSeconds>>>;
  /** When an address may be mailed to again: a mistyped one does not hold up the right one. */
  readonly mailResendAt: Readonly<Record<string, EpochSeconds>>;
  readonly check?: Check;
}

/**
 * All that is remembered of the identity checks of an account's sessions that one method opened. Whatever of it is changed is written over
 * exactly what was seen of all.
 */
export interface Checks {
  /** Counts every change. 0 if nothing is stored. */
  readonly version: number;
  readonly challenges: ReadonlyMap<Purpose, Challenge & { readonly expiresAt: EpochSeconds }>;
  readonly spent: Spent;
}

export const NO_CHECKS: Checks = { version: 0, challenges: new Map(), spent: {} };

export const NO_CHALLENGE: Challenge = { version: 0, failures: [], resendAt: {}, mailResendAt: {} };

/** From when on nothing in it counts any more: no window is longer than a link is good. */
export function challengeExpiresAt(now: EpochSeconds): EpochSeconds {
  return now + UNDO_SECONDS;
}

/** The result of judging one guess. It is an answer only once `next` is stored over what was seen. */
export type Judgement =
  | { readonly verdict: 'right'; readonly next: Challenge }
  | { readonly verdict: 'wrong'; readonly next: Challenge; readonly attemptsLeft: number };

function advance(challenge: Challenge, change: Partial<Omit<Challenge, 'version'>>): Challenge {
  return { ...challenge, ...change, version: challenge.version + 1 };
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _gone, ...rest } = value;
  return rest;
}

/** A challenge as it counts for an account: a check that another phone than the account's was sent a code for is void. */
export function checkedBy<Kept extends Challenge>(
  challenge: Kept,
  { phoneRevision }: { phoneRevision?: number },
): Omit<Kept, 'check'> & Pick<Challenge, 'check'> {
  const { check } = challenge;
  return check === undefined || check.phoneRevision === phoneRevision
    ? challenge
    : without(challenge, 'check');
}

/** Whether nothing of a budget is left to go on with: a guess, or a code. */
export function isSpent({ failures, sends = [] }: Challenge, budget: CodeBudget, now: EpochSeconds): boolean {
  return (
    roomLeft(failures, budget.guesses, now) === 0 ||
    (budget.sends !== undefined && roomLeft(sends, budget.sends, now) === 0)
  );
}

/** A code that is to be sent now. */
export interface Sending {
  readonly codeId: string;
  readonly hmac: CodeHmac;
  readonly now: EpochSeconds;
  readonly rules: Rules;
  readonly budget: CodeBudget;
}

function pending({ codeId, hmac }: Sending, expiresAt: EpochSeconds): PendingCode {
  return { id: codeId, hmac, attempts: 0, expiresAt };
}

/**
 * A new identity check replaces whatever was under way in this challenge.
 *
 * @throws Problem `too_soon`, `too_many_attempts`, `quota_exceeded`
 */
export function startCheck(
  challenge: Challenge,
  sending: Sending & Pick<Check, 'factor' | 'boundTo' | 'sentTo' | 'phoneRevision'>,
): Challenge {
  const { now, rules, budget, factor, boundTo, sentTo, phoneRevision } = sending;
  const { sends = [] } = challenge;
  requireGuessesLeft(challenge.failures, budget.guesses, now);
  requireResendInterval(challenge.resendAt[factor], now);
  if (budget.sends) requireRoomToSend(sends, [budget.sends], now);
  return advance(challenge, {
    ...(budget.sends && { sends: withMoment(sends, budget.sends, now) }),
    resendAt: { ...challenge.resendAt, [factor]: now + rules.resendSeconds },
    check: {
      factor,
      boundTo,
      sentTo,
      ...(phoneRevision !== undefined && { phoneRevision }),
      sentAt: now,
      code: pending(sending, now + rules.smsCodeTtlSeconds),
    },
  });
}

/**
 * A code for a new address; the check stays open and unused.
 *
 * @throws Problem `too_soon`, `too_many_attempts`
 */
export function startMail(
  challenge: Challenge,
  check: VerifiedCheck,
  sending: Sending & { readonly address: EmailAddress },
): Challenge {
  const { now, rules, budget, address } = sending;
  requireGuessesLeft(challenge.failures, budget.guesses, now);
  requireResendInterval(challenge.mailResendAt[address], now);
  // One that has passed is still shown, as long as its code can wait.
  const shown = Object.entries(challenge.mailResendAt).filter(
    ([, at]) => at > now - rules.mailCodeTtlSeconds,
  );
  return advance(challenge, {
    mailResendAt: { ...Object.fromEntries(shown), [address]: now + rules.resendSeconds },
    check: { ...check, mail: { address, code: pending(sending, now + rules.mailCodeTtlSeconds) } },
  });
}

/**
 * A sending was refused, so it never happened: `current` is what is stored now, `sent` what the sending has stored, `before` what it was
 * made from. Guesses paid for since then stay paid for. Where something newer has taken its place, only its address's interval is given
 * back.
 *
 * @returns undefined if there is nothing to give back
 */
export function sendingUndone(current: Challenge, sent: Challenge, before: Challenge): Challenge | undefined {
  const { code, mail } = sent.check ?? {};
  const { check, failures, mailResendAt } = current;
  if (mail === undefined) {
    if (code === undefined || check?.code?.id !== code.id) return undefined;
    return { ...before, version: current.version + 1, failures, mailResendAt };
  }
  const { address } = mail;
  const past = before.mailResendAt[address];
  const givenBack = { ...without(mailResendAt, address), ...(past !== undefined && { [address]: past }) };
  if (check?.mail?.code.id === mail.code.id)
    return { ...before, version: current.version + 1, failures, mailResendAt: givenBack };
  const isOwn = mailResendAt[address] === sent.mailResendAt[address];
  return isOwn ? advance(current, { mailResendAt: givenBack }) : undefined;
}

/** A check that was verified and is still open: a value only `requireVerified` makes. */
export type VerifiedCheck = Check & { readonly verifiedUntil: EpochSeconds };

/** @throws Problem `identity_check_required` unless there is a verified, unexpired, unused check bound to this */
export function requireVerified(
  challenge: Challenge,
  boundTo: CheckBinding,
  now: EpochSeconds,
): VerifiedCheck {
  const check = challenge.check;
  if (check?.boundTo !== boundTo || check.verifiedUntil === undefined || check.verifiedUntil <= now)
    throw new Problem('identity_check_required');
  return { ...check, verifiedUntil: check.verifiedUntil };
}

/** Uses up the check, whatever was left of it. */
export function consumeCheck(challenge: Challenge): Challenge {
  return without(advance(challenge, {}), 'check');
}

/** Uses up the mail code and leaves the check open. */
export function consumeMailCode(challenge: Challenge, check: VerifiedCheck): Challenge {
  return advance(challenge, { check: without(check, 'mail') });
}

interface Guess {
  readonly code: Code;
  readonly purpose: CodePurpose;
  readonly now: EpochSeconds;
  readonly rules: Rules;
  readonly budget: CodeBudget;
  readonly keys: Keys;
}

/**
 * @throws Problem `too_many_attempts` if the guesses at this code or of its budget are spent; `code_expired` if the key that the code was
 *   made with is gone
 */
function judge(challenge: Challenge, waiting: PendingCode, resendAt: EpochSeconds, guess: Guess): boolean {
  const { now, rules, budget, keys, purpose, code } = guess;
  requireGuessesLeft(challenge.failures, budget.guesses, now);
  if (waiting.attempts >= rules.codeAttempts)
    throw new Problem('too_many_attempts', { retryAfter: secondsUntil(resendAt, now) });
  const key = findCodeKey(keys, waiting.hmac);
  if (key === undefined) throw new Problem('code_expired');
  return isSameHmac(waiting.hmac, hmacCode(key, waiting.id, purpose, code));
}

function wrong(challenge: Challenge, check: Check, waiting: PendingCode, guess: Guess): Judgement {
  const { now, rules, budget } = guess;
  const failures = withMoment(challenge.failures, budget.guesses, now);
  const left = Math.min(rules.codeAttempts - waiting.attempts, roomLeft(failures, budget.guesses, now));
  return { verdict: 'wrong', attemptsLeft: left, next: advance(challenge, { failures, check }) };
}

function oneMoreAttempt(code: PendingCode): PendingCode {
  return { ...code, attempts: code.attempts + 1 };
}

/**
 * Judges a guess at the code of an identity check; a right one opens the action for `checkTtlSeconds`.
 *
 * @throws Problem `code_expired`, `too_many_attempts`
 */
export function judgeCheckCode(challenge: Challenge, boundTo: CheckBinding, guess: Guess): Judgement {
  const { now, rules } = guess;
  const check = challenge.check;
  const waiting = check?.code;
  if (check?.boundTo !== boundTo || waiting === undefined || waiting.expiresAt <= now)
    throw new Problem('code_expired');
  if (judge(challenge, waiting, challenge.resendAt[check.factor] ?? now, guess)) {
    const verified = { ...without(check, 'code'), verifiedUntil: now + rules.checkTtlSeconds };
    return { verdict: 'right', next: advance(challenge, { check: verified }) };
  }
  const attempted = oneMoreAttempt(waiting);
  return wrong(challenge, { ...check, code: attempted }, attempted, guess);
}

/**
 * Judges a guess at the code mailed to `address`; a right one uses up code and check.
 *
 * @throws Problem `code_expired`, `too_many_attempts`
 */
export function judgeMailCode(
  challenge: Challenge,
  check: VerifiedCheck,
  guess: Guess & { readonly address: EmailAddress },
): Judgement {
  const mail = check.mail;
  if (mail === undefined || mail.address !== guess.address || mail.code.expiresAt <= guess.now)
    throw new Problem('code_expired');
  if (judge(challenge, mail.code, challenge.mailResendAt[mail.address] ?? guess.now, guess))
    return { verdict: 'right', next: consumeCheck(challenge) };
  const attempted = oneMoreAttempt(mail.code);
  return wrong(challenge, { ...check, mail: { ...mail, code: attempted } }, attempted, guess);
}
