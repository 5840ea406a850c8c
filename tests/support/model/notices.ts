import { record, requireActing, type SignedIn, sorted, use } from './accounts.ts';
import { answered, type Pending, pending, Refused } from './answers.ts';
import {
  type At,
  altered,
  type Channel,
  DAY,
  type Destination,
  iso,
  type Jar,
  keyOf,
  type Label,
  type Method,
  methodOf,
  type Notice,
  type Provider,
  type State,
  shown,
  stateOf,
} from './state.ts';

/** Until when somebody can say that it was not them. */
export const UNDO = 3 * DAY;

/** What anybody who reads the mail of an active address may undo; the rest is for who has the phone. */
const MAILED_LINKS: readonly Notice['type'][] = [
  'linked',
  'unlinked',
  'replaced',
  'signed_in',
  'preferences_changed',
];

/** Everywhere the owner can be told, and where with a link: at the phone, and at an address that is active. */
export function destinationsOf(state: State, accountId: string): Destination[] {
  const { phone = null } = state.accounts[accountId] ?? {};
  const email = methodOf(state, accountId, 'email');
  const hasLink = email !== undefined && stateOf(state, email) === 'active';
  return [
    ...(email && email.mailStoppedAt === undefined
      ? [{ by: 'mail', to: email.display, hasLink } as const]
      : []),
    ...(phone === null ? [] : [{ by: 'sms', to: phone, hasLink: true } as const]),
  ];
}

export type About = Pick<Notice, 'type' | 'provider'> &
  Partial<
    Pick<
      Notice,
      | 'display'
      | 'before'
      | 'after'
      | 'isAttempt'
      | 'byOperator'
      | 'bySession'
      | 'destinations'
      | 'languageBefore'
    >
  > & {
    /** What it is about. */
    readonly method: Pick<Method, 'subjects' | 'display'>;
  };

/** What the history says of it; nothing of what only ends sessions, or of what it names as the support desk's alone. */
function eventOf({ type, isAttempt }: Pick<Notice, 'type' | 'isAttempt'>) {
  if (type === 'signed_out' || type === 'unfrozen') return undefined;
  if (type === 'locked') return { type: 'refused', reason: 'too_many_attempts' } as const;
  return isAttempt
    ? ({ type: 'refused', reason: 'method_suspended' } as const)
    : ({ type, reason: null } as const);
}

/** Something is in the history, and the owner is to be told of it. */
export function tellOwner(draft: State, accountId: string, by: Label, { method, ...about }: About): void {
  const { type, provider, before, after } = about;
  const display = about.display ?? shown(provider, method.display);
  const event = eventOf(about);
  if (event) record(draft, accountId, { type: event.type, provider, display }, event.reason);
  const isChange = before !== undefined || after !== undefined;
  draft.notices[keyOf(by, type, provider)] = {
    ...about,
    account: accountId,
    display,
    ...(!isChange && { subjects: method.subjects }),
    at: draft.now,
    expiresAt: draft.now + UNDO,
  };
}

/** How many a day are told of one method, where others can make many. */
function capOf({ type, isAttempt, isSuccessor }: Notice): number {
  if (isAttempt) return 5;
  return type === 'signed_in' && !isSuccessor ? 10 : Number.POSITIVE_INFINITY;
}

/** How many there were in this day of the clock. */
export function countedToday(state: State, key: string): number {
  const today = Math.floor(state.now / DAY);
  return (state.counts[key] ?? []).filter((at) => Math.floor(at / DAY) === today).length;
}

/** One more of so many in a day. @returns whether it is within them */
export function countToday(draft: State, key: string, limit: number): boolean {
  const today = Math.floor(draft.now / DAY);
  const counted = (draft.counts[key] ?? []).filter((at) => Math.floor(at / DAY) === today);
  if (counted.length >= limit) return false;
  draft.counts[key] = [draft.now, ...counted];
  return true;
}

/** A notice goes out, to everywhere it is to go. */
export function deliverNotice(draft: State, label: Label): void {
  const notice = draft.notices[label];
  if (notice === undefined || notice.told) return;
  const { account, type, provider, isAttempt, isSuccessor, byOperator, expiresAt } = notice;
  const isPhoneOnly = isSuccessor || isAttempt || type === 'locked' || (type === 'signed_out' && !byOperator);
  const isFor = ({ by }: Destination) =>
    by === 'sms' || !(isPhoneOnly || (type === 'signed_in' && provider === 'email'));
  const isOver = expiresAt <= draft.now;
  const counter = keyOf(account, provider, isAttempt ? 'attempt' : type);
  const isTold = !isOver && countToday(draft, counter, capOf(notice));
  const email = methodOf(draft, account, 'email');
  const stopped = email?.mailStoppedAt === undefined ? [] : email.subjects;
  const destinations = (notice.destinations ?? destinationsOf(draft, account)).filter(
    ({ by, to }) => by === 'sms' || !stopped.includes(to),
  );
  const { phone, phoneRevision, preferences: { notify = 'all' } = {} } = draft.accounts[account] ?? {};
  const possible = isTold ? destinations.filter(isFor) : [];
  const wanted = possible.filter(({ by }) => notify === 'all' || notify === by);
  // What the owner wants counts for sign-ins, as long as it leaves anything.
  notice.told = (type === 'signed_in' && wanted.length > 0 ? wanted : possible).map((to) => {
    // A phone that is the account's no more gets none.
    const isTrusted = to.by === 'sms' ? to.to === phone : byOperator === true || MAILED_LINKS.includes(type);
    return { ...to, hasLink: to.hasLink && isTrusted };
  });
  if (phoneRevision !== undefined && notice.told.some(({ by }) => by === 'sms'))
    notice.phoneRevision = phoneRevision;
  const linked = notice.told.find(({ by, hasLink }) => by === 'sms' && hasLink);
  if (linked && !draft.rules.hasLinks) giveCode(draft, linked.to, label);
}

/** So many codes of a phone are good at once. */
const CODES_MAX = 20;

/** The notices that went to a phone with a code that is good. */
export function codedAt({ undoCodes, notices, now }: State, phone: string): Label[] {
  return (undoCodes[phone] ?? []).filter((label) => (notices[label]?.expiresAt ?? 0) > now);
}

/** One more code at a phone: where there is no room, the oldest of a sign-in goes, or else the oldest. */
function giveCode(draft: State, phone: string, label: Label): void {
  const others = codedAt(draft, phone).filter((other) => other !== label);
  const ofSignIn = others.findIndex((other) => {
    const notice = draft.notices[other];
    return notice !== undefined && isSignIn(notice);
  });
  if (others.length >= CODES_MAX) others.splice(Math.max(0, ofSignIn), 1);
  draft.undoCodes[phone] = [...others, label];
}

/** A link in a message: to the phone, or mailed. */
export interface Link {
  readonly notice: Label;
  readonly by: Channel;
}

/** What a link is about, while it is good. */
export function requireNotice(state: State, { notice: label, by }: Link): Notice {
  const notice = requireTold(state, label);
  const account = state.accounts[notice.account];
  const isGood = by === 'mail' ? isMailedTo(state, notice) : notice.phoneRevision === account?.phoneRevision;
  if (!isGood) throw new Refused('undo_expired');
  if (account?.isSuspended) throw new Refused('account_suspended');
  return notice;
}

/** What is there to be said of, by a link or in a session. */
export function requireTold(state: State, label: Label): Notice {
  const notice = state.notices[label];
  if (notice === undefined || notice.expiresAt <= state.now || state.accounts[notice.account]?.isSub)
    throw new Refused('undo_expired');
  return notice;
}

/** Whether its address is still a way in, or stopped being one by just this change. */
function isMailedTo(state: State, { account, type, before, told = [] }: Notice): boolean {
  const address = told.find(({ by }) => by === 'mail')?.to;
  if (address === undefined) return false;
  const email = methodOf(state, account, 'email');
  if (email?.display === address && !email.isSuspended) return true;
  return (type === 'unlinked' || type === 'replaced') && before?.display === address;
}

export const isSamePerson = (one: Pick<Method, 'subjects'>, other: Pick<Method, 'subjects'>): boolean =>
  one.subjects.some((subject) => other.subjects.includes(subject));

/** The method a notice is about, if that identity is still the account's. */
export function methodAbout(
  state: State,
  { account, provider, after, subjects }: Notice,
): Method | undefined {
  const current = methodOf(state, account, provider);
  const of = after ?? (subjects && { subjects });
  return current && of && isSamePerson(of, current) ? current : undefined;
}

export type Restoration =
  | { readonly restore: 'unlink' | 'clear'; readonly method: Method }
  | { readonly restore: 'link'; readonly method: Method; readonly current: Method | undefined };

/** When it was said that it was not them; with keeping one way in, of all before. */
export function saidAt(state: State, { account, at, confirmedAt }: Notice): At | undefined {
  const onlyAt = state.accounts[account]?.only?.at;
  return confirmedAt ?? (onlyAt !== undefined && at < onlyAt ? onlyAt : undefined);
}

/** What would put things back to what they were, where they are not so already. */
export function restorationOf(state: State, notice: Notice): Restoration | undefined {
  const { account, type, provider, before } = notice;
  const current = methodOf(state, account, provider);
  const about = methodAbout(state, notice);
  switch (type) {
    case 'frozen':
    case 'unfrozen':
    case 'mail_stopped':
      return undefined;
    case 'cleared':
      return about?.isSuspended ? { restore: 'clear', method: about } : undefined;
    case 'linked':
      return about && about.relation !== 'registered' ? { restore: 'unlink', method: about } : undefined;
    case 'unlinked':
    case 'replaced':
      if (before === undefined || current?.relation === 'registered') return undefined;
      return current && isSamePerson(before, current)
        ? undefined
        : { restore: 'link', method: before, current };
    default:
      return about && { restore: 'clear', method: about };
  }
}

/** What an owner who restores may say to be the only way in. */
export function onlyOf(state: State, notice: Notice): Provider[] {
  const found = restorationOf(state, notice);
  const there = (provider: Provider) => methodOf(state, notice.account, provider) !== undefined;
  return (['email', 'wechat', 'qq'] as const).filter(
    (provider) => there(provider) || (found?.restore === 'link' && provider === notice.provider),
  );
}

/** One of the account's that has not expired. */
export function requireOwnNotice(state: State, accountId: string, label: Label): void {
  const { account, expiresAt = 0 } = state.notices[label] ?? {};
  if (account !== accountId || expiresAt <= state.now) throw new Refused('not_found');
}

/** `DELETE /account/notices/{id}`: this session is not shown it again. */
export function dismiss(jar: Jar, label: Label): Pending {
  return pending((state) => {
    const { accountId, label: session } = requireActing(state, jar);
    requireOwnNotice(state, accountId, label);
    const after = altered(state, (draft) => {
      const dismissing = draft.sessions[session];
      if (dismissing) dismissing.dismissed = [...new Set([...(dismissing.dismissed ?? []), label])];
      use(draft, session);
    });
    return answered(after, { status: 204 });
  });
}

const isSignIn = ({ type, isAttempt }: Notice): boolean => type === 'signed_in' || isAttempt === true;

/** At most so many are shown at once; then nobody is told which. */
export const SHOWN_MAX = 20;

/** What `GET /account` shows of the last days: nothing of this session's own doing, or that it has dealt with; in no order. */
export function noticeRows(state: State, { accountId, label, session }: SignedIn): object[] | '?' {
  const rows = Object.entries(state.notices)
    .filter(([, { account, expiresAt }]) => account === accountId && expiresAt > state.now)
    .filter(
      ([id, notice]) =>
        // Its row says that.
        notice.type !== 'mail_stopped' &&
        notice.bySession !== label &&
        !notice.isSuccessor &&
        saidAt(state, notice) === undefined &&
        !session.dismissed?.includes(id),
    )
    .map(([id, notice]) => {
      const { type, isAttempt = false, byOperator, provider, display, at } = notice;
      const group = isSignIn(notice) ? 'sign-in' : 'change';
      return {
        group,
        id,
        type,
        isAttempt,
        ...(byOperator && { byOperator }),
        provider,
        display,
        at: iso(at),
      };
    });
  return rows.length >= SHOWN_MAX ? '?' : sorted(rows);
}
