import { accountMarks, type Device, type DeviceId, isKnownTo } from './device.ts';
import { type NoticeRef, noticeGroupStart } from './notice.ts';
import type { PhoneNumber } from './phone.ts';
import type { EpochSeconds, Rules } from './rules.ts';
import {
  type Code,
  type CodeHmac,
  deriveCode,
  hmacCode,
  isSameHmac,
  type KeySet,
  type Keys,
  listKeySets,
  listKeys,
  pseudonym,
} from './secrets.ts';
import { widenForDevices } from './sign-in.ts';
import { failureWindow, type Moments, requireGuessesLeft, roomLeft } from './windows.ts';

/*
 * Some vendors' templates take no links. A notice that goes out by one of these says where the page is, and six digits, which open there
 * what the link of that notice to the phone would have opened, as often and for as long as the link would.
 */

/**
 * How many codes of a phone are good at once, by each set of keys. Whoever guesses has 10 guesses a day at one in 10^6 for each of these:
 * at most 2 in 10,000 a day, and what they would open gives nothing away and takes an SMS to the phone to change anything for good.
 */
export const UNDO_CODES_MAX = 20;

/** A code that was sent, as it is kept. */
export interface UndoCode extends NoticeRef {
  readonly hmac: CodeHmac;
  /** When its notice does. */
  readonly expiresAt: EpochSeconds;
}

/** What is kept of a phone, whether or not it is anybody's, below a pseudonym by one set of keys. */
export interface PhoneCodes {
  readonly phoneKey: string;
  readonly version: number;
  /** Oldest first. Old ones may linger: what counts is decided by their time. */
  readonly codes: readonly UndoCode[];
  readonly everybody: UndoGuesses;
  /** Of the device that guesses, if there is one; the rules decide whether it counts. */
  readonly ofDevice: UndoGuesses;
}

/** Wrong guesses of a day. */
export interface UndoGuesses {
  readonly version: number;
  /** Newest first. */
  readonly failures: Moments;
}

/** The pseudonyms that codes of a phone are kept below: by the current keys, and by the previous ones. */
export function undoPhoneKeys(keys: Keys, phone: PhoneNumber): [string, ...string[]] {
  const [current, ...previous] = listKeys(keys, 'pseudonyms');
  const below = (key: typeof current) => pseudonym(key, 'undo', phone);
  return [below(current), ...previous.map(below)];
}

/** The code's HMAC, as the phone would have it by the keys that its pseudonym is made with. */
const hmacAt = ({ codes }: KeySet, { phoneKey }: PhoneCodes, code: Code) =>
  hmacCode(codes, phoneKey, 'undo', code);

const isGood = (now: EpochSeconds) => (code: UndoCode) => code.expiresAt > now;
const isOf = (notice: NoticeRef) => (code: UndoCode) =>
  code.noticeId === notice.noticeId && code.accountId === notice.accountId;

/** The one that a code opens, among what the phone has by each set of keys. */
function findCode(
  keys: Keys,
  held: readonly PhoneCodes[],
  code: Code,
  now: EpochSeconds,
): UndoCode | undefined {
  const found = listKeySets(keys).flatMap((set, index) => {
    const phone = held[index];
    if (phone === undefined) return [];
    const hmac = hmacAt(set, phone, code);
    // Every one is compared: how long that takes does not tell which it was.
    return phone.codes.filter((kept) => isSameHmac(kept.hmac, hmac)).filter(isGood(now));
  });
  return found[0];
}

/** Without one, where there is no room for another: what can happen as often as somebody likes makes room before changes do. */
function withRoom(codes: readonly UndoCode[]): readonly UndoCode[] {
  if (codes.length < UNDO_CODES_MAX) return codes;
  const oldestSignIn = codes.findIndex(({ noticeId }) => noticeId.startsWith(noticeGroupStart('sign_in')));
  return codes.toSpliced(Math.max(0, oldestSignIn), 1);
}

/**
 * The code of a notice at a phone. It is derived from the notice, as the token of a link is: a notice that is sent again says the same as
 * before, so that it does not matter which of two messages arrives. A number that opens another notice of the phone is passed over.
 *
 * @param held by each set of keys, the current one first
 * @returns the code, and the codes that the phone has then by the current keys; none where this is one of them already
 */
export function giveUndoCode(
  keys: Keys,
  held: readonly [PhoneCodes, ...PhoneCodes[]],
  { accountId, noticeId, expiresAt }: NoticeRef & Pick<UndoCode, 'expiresAt'>,
  now: EpochSeconds,
): { readonly code: Code; readonly next?: readonly UndoCode[] } {
  const notice = { accountId, noticeId };
  const [phone] = held;
  for (let candidate = 0; ; candidate += 1) {
    const code = deriveCode(keys.current.links, accountId, noticeId, String(candidate));
    const taken = findCode(keys, held, code, now);
    if (taken && isOf(notice)(taken)) return { code };
    if (taken) continue;
    const others = phone.codes.filter((kept) => isGood(now)(kept) && !isOf(notice)(kept));
    const hmac = hmacAt(keys.current, phone, code);
    return { code, next: [...withRoom(others), { ...notice, hmac, expiresAt }] };
  }
}

/**
 * The device that guesses, if it has signed in before to an account that a code of the phone is about: it has a budget of its own, so that
 * who knows no more than a number can't keep its owner from opening what was sent there.
 */
export function findKnownDevice(
  keys: Keys,
  held: readonly PhoneCodes[],
  device: Device | undefined,
  now: EpochSeconds,
): DeviceId | undefined {
  const codes = held.flatMap((phone) => phone.codes).filter(isGood(now));
  return codes.some(({ accountId }) => isKnownTo(accountMarks(keys, accountId), device))
    ? device?.id
    : undefined;
}

export type UndoCodeJudgement =
  | { readonly verdict: 'right'; readonly notice: NoticeRef }
  | { readonly verdict: 'wrong'; readonly attemptsLeft: number };

interface Guess {
  readonly code: Code;
  /** By a known device. */
  readonly isKnown: boolean;
  readonly now: EpochSeconds;
  readonly rules: Rules;
  readonly keys: Keys;
}

/** The windows that a guess is judged by: of each, the failures and how many are allowed. */
function listWindows(held: readonly PhoneCodes[], { isKnown, rules }: Guess) {
  const failuresOf = (whose: 'everybody' | 'ofDevice') =>
    held.flatMap((phone) => phone[whose].failures).toSorted((left, right) => right - left);
  const window = failureWindow(rules);
  if (!isKnown) return [{ failures: failuresOf('everybody'), window }];
  return [
    { failures: failuresOf('ofDevice'), window },
    { failures: failuresOf('everybody'), window: failureWindow(widenForDevices(rules)) },
  ];
}

/**
 * Judges a guess. One at a phone that nobody has is judged by the same steps: it has no codes, so every guess is wrong. A right one opens
 * the same again, as a link does.
 *
 * @throws Problem `too_many_attempts`
 */
export function judgeUndoCode(held: readonly PhoneCodes[], guess: Guess): UndoCodeJudgement {
  const { code, now, keys } = guess;
  const windows = listWindows(held, guess);
  for (const { failures, window } of windows) requireGuessesLeft(failures, window, now);
  const found = findCode(keys, held, code, now);
  if (found) return { verdict: 'right', notice: { accountId: found.accountId, noticeId: found.noticeId } };
  const left = windows.map(({ failures, window }) => roomLeft([now, ...failures], window, now));
  return { verdict: 'wrong', attemptsLeft: Math.min(...left) };
}
