import type { AccountId, AccountView, Method } from './account.ts';
import type { Channel, Destination } from './channel.ts';
import { type Provider, subjectAddress } from './identity.ts';
import type { Language } from './language.ts';
import { Problem } from './problem.ts';
import { DAY_SECONDS, type EpochSeconds } from './rules.ts';
import { computeSeal, isSealed, type Keys } from './secrets.ts';

/** How long "this wasn't me" can be said of something. */
export const UNDO_SECONDS = 3 * DAY_SECONDS;
/** How long nothing can be changed after that. */
export const FREEZE_SECONDS = DAY_SECONDS;

export const NOTICE_TYPES = ['linked', 'unlinked', 'replaced', 'signed_in', 'frozen'] as const;

/**
 * Something the owner is notified of. It is written in the transaction of what it is about, so that nothing happens without it, and it
 * is what "this wasn't me" refers to.
 */
export interface Notice {
  readonly noticeId: string;
  readonly accountId: AccountId;
  readonly type: (typeof NOTICE_TYPES)[number];
  readonly provider: Provider;
  /** Masked, like `ip` and `device`, as the owner sees them in the history. */
  readonly display: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly ip: string;
  readonly device: string;
  readonly language: Language;
  /** Those the account had before the change; absent if nothing changed: then those it has when the notice goes out. */
  readonly destinations?: readonly Destination[];
  /** The method that was there before the change. */
  readonly before?: Method;
  /** The method that is there since. */
  readonly after?: Method;
  readonly expiresAt: EpochSeconds;
  /** When the link's holder said that it was not them. */
  readonly confirmedAt?: EpochSeconds;
  /** When what was before was restored. */
  readonly restoredAt?: EpochSeconds;
}

/** Everywhere the owner of an account can be notified, as the account is now. */
export function listDestinations({
  account: { phone },
  methods,
}: Pick<AccountView, 'account' | 'methods'>): Destination[] {
  const address = methods.get('email')?.subjects[0];
  return [
    ...(address === undefined ? [] : [{ by: 'mail', to: subjectAddress(address) } as const]),
    ...(phone === undefined ? [] : [{ by: 'sms', to: phone } as const]),
  ];
}

/** Whether two methods are of one person at the provider, however they came to the account. */
function isSamePerson(one: Method, other: Method): boolean {
  return one.provider === other.provider && one.subjects.some((subject) => other.subjects.includes(subject));
}

/** What would put a changed method back to what it was. */
export type Restoration =
  | { readonly action: 'unlink'; readonly method: Method }
  /** `replaced` is what has been linked in its place since, and gives way to it. */
  | { readonly action: 'link'; readonly method: Method; readonly replaced: Method | undefined };

/** What restoring would do with the methods the account has now; undefined if there is nothing to put back. */
export function findRestoration(
  { type, provider, before, after }: Notice,
  methods: ReadonlyMap<Provider, Method>,
): Restoration | undefined {
  const current = methods.get(provider);
  if (current?.relation === 'registered') return undefined;
  if (type === 'linked' && after && current) {
    return isSamePerson(after, current) ? { action: 'unlink', method: current } : undefined;
  }
  if ((type !== 'unlinked' && type !== 'replaced') || before === undefined) return undefined;
  if (current && isSamePerson(before, current)) return undefined;
  return { action: 'link', method: before, replaced: current };
}

/** Which notice a link in a message is about. */
export interface NoticeRef {
  readonly accountId: AccountId;
  readonly noticeId: string;
}

/** What a check to restore is bound to, in place of a session: the link it is made behind. No hash of a token holds a full stop. */
export type UndoBinding = `undo.${string}`;

export const undoBinding = ({ noticeId }: NoticeRef): UndoBinding => `undo.${noticeId}`;

/** A link in a message: what it is about, and the channel it went out by. */
export interface UndoLink extends NoticeRef {
  readonly by: Channel;
}

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

/** @throws Problem `undo_expired` for a notice that was confirmed already, or that is about a freeze */
export function requireUnconfirmed({ confirmedAt, type }: Notice): void {
  if (confirmedAt !== undefined || type === 'frozen') throw new Problem('undo_expired');
}

/** @throws Problem `undo_expired` unless it was said that it was not them, and what was before can still be put back */
export function requireRestoration(notice: Notice, methods: ReadonlyMap<Provider, Method>): Restoration {
  const { confirmedAt, restoredAt } = notice;
  const restoration = findRestoration(notice, methods);
  if (confirmedAt === undefined || restoredAt !== undefined || restoration === undefined)
    throw new Problem('undo_expired');
  return restoration;
}
