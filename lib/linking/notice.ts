import { type Account, type AccountId, type AccountView, type Method, methodState } from './account.ts';
import type { ChallengeName, UndoBinding } from './challenge.ts';
import type { Channel, NoticeDestination } from './channel.ts';
import type { EmailAddress } from './email.ts';
import { emailSubject, isSamePerson, type Subject, subjectAddress, type WayIn } from './identity.ts';
import { type Language, type NotifyChoice, ownerLanguage } from './language.ts';
import type { NoticeType } from './notice-types.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules } from './rules.ts';
import { computeSeal, isSealed, type Keys, newId, type Randomness, type TokenHash } from './secrets.ts';
import { isServed } from './spending.ts';

/** How long nothing can be linked once somebody has said that it wasn't them. */
export const FREEZE_SECONDS = DAY_SECONDS;

/**
 * How often a spent link has a successor. Who spends a link has read it on the phone, and holds the phone for a minute, once: a longer
 * chain is made by those who can read every one, whom another does not keep out.
 */
export const GENERATIONS_MAX = 3;

/**
 * Something the owner is notified of. It is written in the transaction of what it is about, so that nothing happens without it, and it
 * is what "this wasn't me" refers to.
 */
export interface Notice {
  readonly noticeId: string;
  readonly accountId: AccountId;
  readonly type: NoticeType;
  readonly provider: WayIn;
  /** Masked, like `ip` and `device`, as the owner sees them in the history. */
  readonly display: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly ip: string;
  readonly device: string;
  /** Those the account had before the change; absent if nothing changed: then those it has when the notice goes out. */
  readonly destinations?: readonly NoticeDestination[];
  /** To the phone alone, whatever else the owner is notified by: it is how they get back in. */
  readonly phoneOnly?: true;
  /** The method that was there before the change. */
  readonly before?: Method;
  /** The method that is there since. */
  readonly after?: Method;
  /** The identity it is about, where no method was linked or unlinked. */
  readonly subjects?: readonly Subject[];
  /** The same once more, since the link of the first is spent. */
  readonly isSuccessor?: true;
  /** How many links before it were spent; not there of the first. */
  readonly generation?: number;
  /** A sign-in that was refused, of a method that is suspended. */
  readonly isAttempt?: true;
  /** The support desk did it. */
  readonly byOperator?: true;
  /** What the owner was written to in before it, where it changes that; null where nothing was known. */
  readonly languageBefore?: Language | null;
  /** The session that did it, which need not be told. */
  readonly bySession?: TokenHash;
  readonly expiresAt: EpochSeconds;
  /** The address that the mail of it went to, from just before it goes out. */
  readonly mailedTo?: EmailAddress;
  /** Which of the account's phones the SMS of it went to: the account's `phoneRevision`, from just before it goes out. */
  readonly phoneRevision?: number;
  /** When somebody said that it was not them. */
  readonly confirmedAt?: EpochSeconds;
  /** When something was last restored by it. */
  readonly restoredAt?: EpochSeconds;
  /** What was before is put back: there is nothing left to restore. */
  readonly isPutBack?: true;
}

/** What can happen as often as somebody likes is listed apart from changes, so that it buries none. */
export type NoticeGroup = 'change' | 'sign_in';
export const NOTICE_GROUPS: readonly NoticeGroup[] = ['change', 'sign_in'];

export const noticeGroup = ({ type, isAttempt }: Pick<Notice, 'type' | 'isAttempt'>): NoticeGroup =>
  type === 'signed_in' || isAttempt ? 'sign_in' : 'change';

const GROUP_LETTERS: Record<NoticeGroup, string> = { change: 'c', sign_in: 's' };
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 12;

/** How the ids of a group's notices begin. */
export const noticeGroupStart = (group: NoticeGroup): string => GROUP_LETTERS[group];

/** How the id of a notice of that moment begins: ids are in the order of their groups and times. */
export function noticeIdStart(group: NoticeGroup, atMilliseconds: number): string {
  return noticeGroupStart(group) + atMilliseconds.toString(36).padStart(TIME_DIGITS, '0');
}

/** 22 characters: the group, the time in base 36, and 72 random bits. It is no secret: links are signed. */
export function newNoticeId(group: NoticeGroup, atMilliseconds: number, random: Randomness): string {
  return noticeIdStart(group, atMilliseconds) + newId(random).slice(0, RANDOM_DIGITS);
}

export function isNoticeId(text: string): boolean {
  return /^[cs][0-9a-z]{9}[A-Za-z0-9_-]{12}$/.test(text);
}

type Present = Pick<AccountView, 'account' | 'methods'>;
type Methods = AccountView['methods'];

/** Everywhere the owner of an account can be notified, as the account is now. */
export function listDestinations(
  { account, methods }: Present,
  rules: Rules,
  now: EpochSeconds,
): NoticeDestination[] {
  const email = methods.get('email');
  const isTrusted = email !== undefined && methodState(email, rules, now) === 'active';
  return listUntrusted({ account, methods }).map((destination) => ({
    ...destination,
    link: destination.by === 'sms' || isTrusted,
  }));
}

/** The same, for what has no link: a change that the company has made is not undone here. */
export function listUntrusted({ account, methods }: Present): NoticeDestination[] {
  const email = methods.get('email');
  const address = email?.mailStopped ? undefined : email?.subjects[0];
  return [
    ...(address === undefined ? [] : [{ by: 'mail', to: subjectAddress(address), link: false } as const]),
    ...listPhone(account),
  ];
}

/** The registered phone alone, for what has no link. */
export function listPhone({ phone }: Pick<Account, 'phone'>): NoticeDestination[] {
  return phone === undefined ? [] : [{ by: 'sms', to: phone, link: false }];
}

/** Whether it is an address of the account's that gets no more mail. */
export function isMailStopped({ by, to }: NoticeDestination, methods: Methods): boolean {
  const email = methods.get('email');
  return by === 'mail' && email?.mailStopped !== undefined && email.subjects.includes(emailSubject(to));
}

/** Whether a notice may bring a link here: a phone that is no longer the account's gets none. */
export function staysTrusted(destination: NoticeDestination, { phone }: Account): NoticeDestination {
  return destination.by === 'sms' && destination.to !== phone ? { ...destination, link: false } : destination;
}

/**
 * Everywhere the owner can be notified of a change: as the account was before it, since what is new may be an attacker's. An address that
 * the change suspends is trusted no longer; one that it removes is.
 */
export function listDestinationsOfChange(
  { account, seen, next }: { account: Account; seen: Methods; next: Methods },
  rules: Rules,
  now: EpochSeconds,
): NoticeDestination[] {
  const kept = next.get('email');
  return listDestinations({ account, methods: seen }, rules, now).map((destination) => {
    const isSuspended = kept?.suspended && kept.subjects.some((subject) => subject === `${destination.to}`);
    return isSuspended ? { ...destination, link: false } : destination;
  });
}

/** What anyone who reads the account's mail may undo; what gives a method back is for the phone's holder alone. */
const MAIL_LINKS: readonly NoticeType[] = [
  'linked',
  'unlinked',
  'replaced',
  'signed_in',
  'preferences_changed',
  'unfrozen',
];

/** Whether the message of a notice has a link to undo it with. Whatever ends sessions brings the phone one, by which its holder gets back in. */
export function carriesLink({ type, byOperator }: Notice, { by, link }: NoticeDestination): boolean {
  return link && (by === 'sms' || byOperator === true || MAIL_LINKS.includes(type));
}

/** What keeps the owner out of something: what the phone gives back, or what mail can't tell. */
const ALWAYS_BY_PHONE: readonly NoticeType[] = ['suspended', 'frozen', 'mail_stopped'];

/** What notices go by: what the deployment lets them, and what the owner wants for sign-ins. */
interface Wishes {
  readonly deployment: 'all' | 'mail' | 'off';
  readonly owner?: NotifyChoice | undefined;
}

/**
 * Where a notice goes, of everywhere that the deployment lets notices go to. What the owner wants counts for sign-ins, as long as
 * it leaves anything: nobody's sign-ins go untold because they have no address.
 */
export function chooseDestinations(
  { destinations, type, provider, phoneOnly }: Notice,
  current: readonly NoticeDestination[],
  { deployment, owner = 'all' }: Wishes,
): readonly NoticeDestination[] {
  const possible = (destinations ?? current).filter(({ by }) => {
    if (by === 'sms' && (phoneOnly || ALWAYS_BY_PHONE.includes(type))) return true;
    if (phoneOnly || (by === 'mail' && type === 'signed_in' && provider === 'email')) return false;
    return deployment === 'all' || deployment === by;
  });
  const wanted = possible.filter(({ by }) => owner === 'all' || owner === by);
  return type === 'signed_in' && wanted.length > 0 ? wanted : possible;
}

/** What the messages of a notice are written in, if that is known. */
export function noticeLanguage({ languageBefore }: Notice, account: Account): Language | undefined {
  return languageBefore === undefined ? ownerLanguage(account) : (languageBefore ?? undefined);
}

/** What would put a changed method back to what it was. */
export type Restoration =
  | { readonly action: 'unlink' | 'clear'; readonly method: Method }
  /** `replaced` is what has been linked in its place since, and gives way to it. */
  | { readonly action: 'link'; readonly method: Method; readonly replaced: Method | undefined };

/** The method a notice is about, if it is the same person's still. */
function findCurrent(
  { provider, after, subjects = after?.subjects }: Notice,
  methods: Methods,
): Method | undefined {
  const current = methods.get(provider);
  return current && subjects && isSamePerson({ provider, subjects }, current) ? current : undefined;
}

/** What restoring would do with the methods the account has now; undefined if there is nothing to put back. */
export function findRestoration(notice: Notice, methods: Methods): Restoration | undefined {
  const { type, provider, before } = notice;
  const current = methods.get(provider);
  switch (type) {
    case 'linked': {
      const method = findCurrent(notice, methods);
      return method?.relation === 'linked' ? { action: 'unlink', method } : undefined;
    }
    case 'unlinked':
    case 'replaced': {
      if (before === undefined || current?.relation === 'registered') return undefined;
      if (current && isSamePerson(before, current)) return undefined;
      return { action: 'link', method: before, replaced: current };
    }
    case 'signed_in':
    case 'suspended':
    case 'signed_out':
    case 'locked':
    case 'preferences_changed': {
      const method = findCurrent(notice, methods);
      return method && { action: 'clear', method };
    }
    case 'cleared': {
      const method = findCurrent(notice, methods);
      return method?.suspended && { action: 'clear', method };
    }
    case 'frozen':
    case 'unfrozen':
    case 'phone_changed':
    case 'mail_stopped':
      return undefined;
  }
}

/** What nobody did by a method: there is no method to suspend. */
const BY_NO_METHOD: readonly NoticeType[] = [
  'suspended',
  'unlinked',
  'frozen',
  'unfrozen',
  'phone_changed',
  'mail_stopped',
];

/**
 * The method that nobody is to sign in with any more once its owner has said "this wasn't me". None of an account whose phone gets no
 * codes, or that has none: by nothing could it be cleared again, and a reader of its mail could keep the owner out for good.
 */
export function findSuspect(
  notice: Notice,
  { account: { phone }, methods }: Present,
  smsCountries: readonly string[],
): Method | undefined {
  const isTheDoer = !BY_NO_METHOD.includes(notice.type);
  const canClear = phone !== undefined && isServed(phone, smsCountries);
  return isTheDoer && canClear ? findCurrent(notice, methods) : undefined;
}

/** The console's page where "this wasn't me" is said. */
export const notMeUrl = ([first]: readonly string[]): string => `${first}/not-me`;

/** Which notice a link in a message is about. */
export interface NoticeRef {
  readonly accountId: AccountId;
  readonly noticeId: string;
}

/** A link, which only its channel was sent. */
export interface UndoLink extends NoticeRef {
  readonly by: Channel;
}

export const undoBinding = ({ noticeId, by }: UndoLink): UndoBinding => `undo.${by}.${noticeId}`;

/** Where the codes to restore with are kept: for each link to the phone by itself, and for mailed ones together. */
export const restoreName = ({ noticeId, by }: UndoLink): ChallengeName =>
  by === 'sms' ? `restore#${noticeId}` : 'restore#mail';

/** How a token names its channel: by phone, or by mail. */
const CHANNEL_LETTERS = { sms: 'p', mail: 'm' } as const satisfies Record<Channel, string>;

const linkText = ({ accountId, noticeId, by }: UndoLink) => `${accountId}.${noticeId}.${CHANNEL_LETTERS[by]}`;

/**
 * Account, notice and channel, sealed: only a link that was sent opens anything, and it takes no look at the table to know one.
 */
export function undoToken(keys: Keys, { accountId, noticeId }: NoticeRef, by: Channel): string {
  const text = linkText({ accountId, noticeId, by });
  return text + computeSeal(keys.current.links, text);
}

const TOKEN = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{22})\.([pm])([A-Za-z0-9_-]{26})$/;

/** @returns undefined if we never made it */
export function parseUndoToken(keys: Keys, token: string): UndoLink | undefined {
  const [, accountId = '', noticeId = '', letter, seal = ''] = TOKEN.exec(token) ?? [];
  const by = letter === CHANNEL_LETTERS.sms ? 'sms' : 'mail';
  const link = { accountId: accountId as AccountId, noticeId, by } as const;
  return isSealed(keys, 'links', linkText(link), seal) ? link : undefined;
}

/**
 * Whether a link still opens anything. One by SMS is as good as the phone: it is void once the account has another. A mailed one is as good as its address: the holder of one that is suspended, or has left the
 * account by another change than this, may be the one who was kept out.
 */
export function isLinkGood({ by }: UndoLink, notice: Notice, { account, methods }: Present): boolean {
  if (by === 'sms') return notice.phoneRevision === account.phoneRevision;
  const { mailedTo, before } = notice;
  const isOf = (method: Method | undefined) =>
    method?.provider === 'email' && method.subjects.some((subject) => subject === `${mailedTo}`);
  const email = methods.get('email');
  return isOf(email) ? !email?.suspended : isOf(before);
}

/**
 * When it was said of a notice that it was not the owner; with keeping one method alone that was said of everything before.
 *
 * @returns undefined if it still can be said
 */
export function saidAt({ at, confirmedAt }: Notice, { keptOnlyAt = 0 }: Account): EpochSeconds | undefined {
  if (confirmedAt !== undefined) return confirmedAt;
  return Date.parse(at) < keptOnlyAt ? Math.floor(keptOnlyAt / 1000) : undefined;
}

/**
 * @throws Problem `undo_expired` for a notice of which it was said already, that is about a freeze, or that is of a sub-account by now:
 *   what that has is its main account's to say
 */
export function requireUnsaid(notice: Notice, account: Account): void {
  const isOver = notice.type === 'frozen' || account.parentId !== undefined;
  if (isOver || saidAt(notice, account) !== undefined) throw new Problem('undo_expired');
}

/**
 * Only what puts something back uses a link up: by keeping another method alone nobody takes from the owner what it could put back.
 *
 * @throws Problem `undo_expired`
 */
export function requireNotPutBack({ isPutBack }: Notice): void {
  if (isPutBack) throw new Problem('undo_expired');
}
