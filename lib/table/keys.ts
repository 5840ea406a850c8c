import type { AccountId } from '../linking/account.ts';
import type { ChallengeName } from '../linking/challenge.ts';
import type { DeviceId } from '../linking/device.ts';
import type { Provider, Subject, WayIn } from '../linking/identity.ts';
import type { PhoneHash, TokenHash } from '../linking/secrets.ts';

/** The one table's key. Every access is by key: there is no index. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A key as the key of a map: neither of its parts has line breaks. */
export const formatKey = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** What the sort keys of an account's items begin with, of which there may be many. */
export const PARTS_OF_ACCOUNT = {
  challenge: 'CHALLENGE#',
  event: 'EVENT#',
  notice: 'NOTICE#',
  reservation: 'RESERVED#',
};
const PREFIXES = { signIn: 'SIGNIN#' };
const FAILURES = 'FAILURES';

export const keys = {
  account: (id: AccountId): Key => ({ pk: `ACCOUNT#${id}`, sk: 'PROFILE' }),
  session: (id: AccountId, hash: TokenHash): Key => ({ pk: `ACCOUNT#${id}`, sk: `SESSION#${hash}` }),
  /** The identity checks of the sessions that a method opened. */
  checks: (id: AccountId, openedBy: WayIn): Key => ({
    pk: `ACCOUNT#${id}`,
    sk: PARTS_OF_ACCOUNT.challenge + openedBy,
  }),
  /** Of the codes behind a link. */
  challenge: (id: AccountId, name: ChallengeName): Key => ({
    pk: `ACCOUNT#${id}`,
    sk: PARTS_OF_ACCOUNT.challenge + name,
  }),
  event: (id: AccountId, at: string, eventId: string): Key => ({
    pk: `ACCOUNT#${id}`,
    sk: `${PARTS_OF_ACCOUNT.event}${at}#${eventId}`,
  }),
  notice: (id: AccountId, noticeId: string): Key => ({
    pk: `ACCOUNT#${id}`,
    sk: PARTS_OF_ACCOUNT.notice + noticeId,
  }),
  /** An identity that is reserved for the account, so that it is found by the account. */
  reservation: (id: AccountId, provider: Provider, subject: Subject): Key => ({
    pk: `ACCOUNT#${id}`,
    sk: `${PARTS_OF_ACCOUNT.reservation}${provider}#${subject}`,
  }),
  /** That a person of the account's was found to be of two accounts. */
  split: (id: AccountId, provider: Provider): Key => ({ pk: `ACCOUNT#${id}`, sk: `SPLIT#${provider}` }),
  claim: (provider: Provider, subject: Subject): Key => ({
    pk: `IDENTITY#${provider}#${subject}`,
    sk: 'CLAIM',
  }),
  /** An account that has the phone. */
  phone: (hash: PhoneHash, id: AccountId): Key => ({ pk: `PHONE#${hash}`, sk: `ACCOUNT#${id}` }),
  /** That a receipt of an SMS was counted. */
  receipt: (messageId: string, outcome: string): Key => ({ pk: `RECEIPT#${messageId}`, sk: outcome }),
  /** An assertion of the company's login that was used. */
  assertion: (id: string): Key => ({ pk: `ASSERTION#${id}`, sk: 'USED' }),
  state: (hash: TokenHash): Key => ({ pk: `STATE#${hash}`, sk: 'STATE' }),
  /** What a window is opened with. */
  ticket: (hash: TokenHash): Key => ({ pk: `STATE#${hash}`, sk: 'TICKET' }),
  /** What a window ended with, by the hash of its code. */
  scan: (hash: TokenHash): Key => ({ pk: `STATE#${hash}`, sk: 'SCAN' }),
  /** Challenge and guess budget of one sign-in address share a partition: one read finds both. */
  signInChallenge: (addressKey: string, id: string): Key => ({
    pk: PREFIXES.signIn + addressKey,
    sk: `CHALLENGE#${id}`,
  }),
  signInFailures: (addressKey: string): Key => ({ pk: PREFIXES.signIn + addressKey, sk: FAILURES }),
  /** Which lock of the address its owner was notified of. */
  lockNotified: (addressKey: string): Key => ({ pk: PREFIXES.signIn + addressKey, sk: 'TOLD' }),
  /** Guess budget of one device that is known to the address. */
  deviceFailures: (addressKey: string, deviceId: DeviceId): Key => ({
    pk: PREFIXES.signIn + addressKey,
    sk: `DEVICE#${deviceId}`,
  }),
  /** Codes that open the links of notices to a phone, and the guesses at them, share a partition: one read finds both. */
  undoCodes: (phoneKey: string): Key => ({ pk: `UNDO#${phoneKey}`, sk: 'CODES' }),
  undoGuesses: (phoneKey: string): Key => ({ pk: `UNDO#${phoneKey}`, sk: 'GUESSES' }),
  /** Guesses of one device that is known to an account of the phone. */
  deviceUndoGuesses: (phoneKey: string, deviceId: DeviceId): Key => ({
    pk: `UNDO#${phoneKey}`,
    sk: `DEVICE#${deviceId}`,
  }),
  quota: (scope: string, subject: string): Key => ({ pk: `QUOTA#${scope}#${subject}`, sk: 'SENDS' }),
  /** A counter of one hour or day of the clock: of one caller, or a shard of a cap. */
  counter: (scope: string, subject: string | number, window: string): Key => ({
    pk: `GUARD#${scope}#${subject}`,
    sk: window,
  }),
};

/** A key as an item has it, which may be any item of a stream. */
type ItemKey = Readonly<Record<string, unknown>>;

export function isNoticeKey({ sk }: ItemKey): boolean {
  return typeof sk === 'string' && sk.startsWith(PARTS_OF_ACCOUNT.notice);
}

export function isReservationKey({ sk }: ItemKey): boolean {
  return typeof sk === 'string' && sk.startsWith(PARTS_OF_ACCOUNT.reservation);
}

export function isSignInFailuresKey({ sk }: ItemKey): boolean {
  return sk === FAILURES;
}

/** The pseudonym of the address in a key of its sign-ins. @throws TypeError for a key of anything else */
export function parseAddressKey({ pk }: ItemKey): string {
  if (typeof pk !== 'string' || !pk.startsWith(PREFIXES.signIn)) throw new TypeError('not a key of sign-ins');
  return pk.slice(PREFIXES.signIn.length);
}
