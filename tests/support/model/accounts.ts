import { answered, type Branch, goOn, type Pending, pending, Refused } from './answers.ts';
import { countedToday, countToday, noticeRows, tellOwner } from './notices.ts';
import {
  type Account,
  altered,
  type ChallengeKey,
  type Check,
  type Code,
  challengeOf,
  DAY,
  type Event,
  iso,
  isoOrNull,
  type Jar,
  keyOf,
  type Label,
  maskedAddress,
  maskedPhone,
  methodOf,
  PROVIDERS,
  type Provider,
  PURPOSES,
  type Purpose,
  type Session,
  type State,
  shown,
  stateOf,
} from './state.ts';
import { failuresLeft } from './windows.ts';

/** A session that is open, and whose account it is. */
export interface SignedIn {
  readonly label: Label;
  readonly session: Session;
  readonly accountId: string;
  readonly account: Account;
}

/** A session ends by time, by signing out, and with the method it was opened by. */
export function signedInBy(state: State, { session: label }: Pick<Jar, 'session'>): SignedIn | undefined {
  const session = label === undefined ? undefined : state.sessions[label];
  if (label === undefined || session === undefined) return undefined;
  const { account: accountId, openedBy, methodId, expiresAt, endsAt } = session;
  const account = state.accounts[accountId];
  const isOpen = Math.min(expiresAt, endsAt) > state.now;
  if (account === undefined || !isOpen || methodOf(state, accountId, openedBy)?.id !== methodId)
    return undefined;
  return { label, session, accountId, account };
}

export function requireSignedIn(state: State, jar: Jar): SignedIn {
  const signedIn = signedInBy(state, jar);
  if (signedIn === undefined) throw new Refused('not_signed_in');
  return signedIn;
}

/** A session that a method on probation opened may look and leave. */
export function requireActing(state: State, jar: Jar): SignedIn {
  const signedIn = requireSignedIn(state, jar);
  const { accountId, session } = signedIn;
  const method = methodOf(state, accountId, session.openedBy);
  if (method && stateOf(state, method) === 'probation')
    throw new Refused('on_probation', { retryAfter: method.since + state.rules.probation - state.now });
  return signedIn;
}

/** A change uses the session: it stays open for another while. */
export function use(draft: State, label: Label): void {
  const session = draft.sessions[label];
  if (session) session.expiresAt = Math.min(draft.now + draft.rules.sessionIdle, session.endsAt);
}

/** Whether a purpose could lead anywhere. @returns the phone to check identity with */
export function requirePossible(state: State, { accountId, account }: SignedIn, purpose: Purpose): string {
  if (account.isSub) throw new Refused('sub_account');
  const isFrozen = account.frozenUntil !== undefined && account.frozenUntil > state.now;
  const refuseFrozen = () => {
    if (isFrozen) throw new Refused('account_frozen', { retryAfter: (account.frozenUntil ?? 0) - state.now });
  };
  if (purpose === 'preferences') refuseFrozen();
  else if (purpose !== 'only') {
    const [action, provider] = purpose.split('_') as ['link' | 'unlink' | 'replace' | 'clear', Provider];
    const method = methodOf(state, accountId, provider);
    const isNew = action === 'link' || action === 'replace';
    // The same once more, to prove it.
    const isProof = action === 'replace' && method?.mailStoppedAt !== undefined;
    if (isNew && !isProof && !state.rules.linkable.includes(provider)) throw new Refused('not_linkable');
    if (action !== 'clear' && !isProof && method?.relation === 'registered')
      throw new Refused('registered_method');
    if (action === 'link' && method) throw new Refused('already_linked');
    if (action !== 'link' && !method) throw new Refused('not_linked');
    if (action === 'clear' && !method?.isSuspended) throw new Refused('not_suspended');
    if (isNew) refuseFrozen();
  }
  if (account.phone === null) throw new Refused('phone_missing');
  return account.phone;
}

/** Where something is linked, what is linked next takes its place, by a check of its own. */
export function linkingOf(state: State, accountId: string, provider: Provider): 'link' | 'replace' {
  const { relation, mailStoppedAt } = methodOf(state, accountId, provider) ?? {};
  return relation === 'linked' || mailStoppedAt !== undefined ? 'replace' : 'link';
}

/** Whether a code is to prove the address that is there, which mail has come back from; another may not take its place where it is registered. */
export function isMailProof(state: State, accountId: string, address: string): boolean {
  const method = methodOf(state, accountId, 'email');
  if (method?.subjects.includes(address)) {
    if (method.mailStoppedAt === undefined) throw new Refused('already_linked');
    return true;
  }
  if (method?.relation === 'registered') throw new Refused('registered_method');
  if (method && !state.rules.linkable.includes('email')) throw new Refused('not_linkable');
  return false;
}

/** Where what is counted of identity checks is counted: apart for each method that opens sessions. */
export const checkKey = ({ session }: SignedIn, purpose: Purpose): ChallengeKey =>
  `${purpose} ${session.openedBy}`;

/** The identity check of that purpose that this session has passed, and not used. */
export function requireVerified(state: State, signedIn: SignedIn, purpose: Purpose): Check {
  const { accountId, label } = signedIn;
  const { check } = challengeOf(state, accountId, checkKey(signedIn, purpose));
  if (check?.session !== label || (check.verifiedUntil ?? 0) <= state.now)
    throw new Refused('identity_check_required');
  return check;
}

export function record(
  draft: State,
  account: string,
  event: Pick<Event, 'type' | 'provider' | 'display'>,
  reason: string | null = null,
): void {
  draft.events[account] = [...(draft.events[account] ?? []), { ...event, reason, at: draft.now }];
}

export function methodRow(state: State, accountId: string, provider: Provider): object {
  const method = methodOf(state, accountId, provider);
  const { isSub } = state.accounts[accountId] ?? {};
  const row = (actions: string[]) => (isSub ? [] : actions);
  if (method === undefined) {
    const actions = row(state.rules.linkable.includes(provider) ? ['link'] : []);
    const nothing = { relation: 'none', display: null, since: null, state: null, stateUntil: null };
    return { provider, ...nothing, actions };
  }
  const { relation, display, since, mailStoppedAt } = method;
  const is = stateOf(state, method);
  return {
    provider,
    relation,
    display: shown(provider, display),
    // The lines of the model's accounts say nothing of when they were registered.
    since: relation === 'registered' ? null : iso(since),
    state: is,
    stateUntil: is === 'probation' ? iso(since + state.rules.probation) : null,
    ...(mailStoppedAt !== undefined && { mailStopped: { reason: 'bounced', at: iso(mailStoppedAt) } }),
    actions: row(
      relation === 'linked'
        ? ['unlink', ...(state.rules.linkable.includes(provider) ? ['replace'] : [])]
        : [],
    ),
  };
}

function checkRow(state: State, signedIn: SignedIn, purpose: Purpose): object[] {
  const { accountId, label } = signedIn;
  const challenge = challengeOf(state, accountId, checkKey(signedIn, purpose));
  const { check, resendAt, mailResendAt, failures } = challenge;
  const { now, rules } = state;
  if (check?.session !== label) return [];
  const { factor, code, mail, verifiedUntil, sentTo } = check;
  const waiting = ({ attempts, expiresAt }: Code, again: number | undefined) => ({
    expiresAt: iso(expiresAt),
    resendAt: isoOrNull(again),
    attemptsLeft: Math.max(0, Math.min(rules.attempts - attempts, failuresLeft(failures, now, rules))),
  });
  if (verifiedUntil === undefined)
    return code && code.expiresAt > now
      ? [{ purpose, step: 'phone', sentTo, verifiedUntil: null, ...waiting(code, resendAt[factor]) }]
      : [];
  if (verifiedUntil <= now) return [];
  const open = { purpose, verifiedUntil: iso(verifiedUntil) };
  if (mail && mail.expiresAt > now)
    return [
      {
        ...open,
        step: 'email',
        sentTo: maskedAddress(mail.address),
        ...waiting(mail, mailResendAt[mail.address]),
      },
    ];
  return [{ ...open, step: 'verified', sentTo: null, expiresAt: null, resendAt: null, attemptsLeft: null }];
}

/** What is shown of what the owner has chosen; the company says nothing of languages here. */
export function preferencesOf({ preferences = {} }: Pick<Account, 'preferences'>) {
  return { language: preferences.language ?? null, notify: preferences.notify ?? 'all' };
}

/**
 * `GET /account`. It uses the session too, though it says so at most every twelfth of the idle time. Notices are read at the same time as all
 * else, which is no snapshot: of what happens meanwhile, the one may be seen and not the other.
 */
export function showAccount(jar: Jar): Pending {
  return pending((state) => {
    const signedIn = requireSignedIn(state, jar);
    const noticesLater = pending((later) => accountShown(state, signedIn, later, later));
    const noticesBefore = pending((later) => accountShown(later, requireSignedIn(later, jar), state, later));
    return [...goOn(state, noticesLater), ...goOn(state, noticesBefore)];
  });
}

/** @param noticed where notices were read; `now` is what else may have happened since */
function accountShown(state: State, signedIn: SignedIn, noticed: State, now: State): Branch[] {
  const { label, session, accountId, account } = signedIn;
  const renewed = Math.min(state.now + state.rules.sessionIdle, session.endsAt);
  const isDue = renewed - session.expiresAt > state.rules.sessionIdle / 12;
  const { lastFlow } = session;
  const isFrozen = account.frozenUntil !== undefined && account.frozenUntil > state.now;
  const answer = {
    status: 200,
    accountId,
    name: account.name,
    phone: account.phone === null ? null : maskedPhone(account.phone),
    frozenUntil: isFrozen ? isoOrNull(account.frozenUntil) : null,
    methods: PROVIDERS.map((provider) => methodRow(state, accountId, provider)),
    checks: PURPOSES.flatMap((purpose) => checkRow(state, signedIn, purpose)),
    lastFlow: lastFlow === undefined ? null : { ...lastFlow, at: iso(lastFlow.at) },
    session: {
      openedBy: session.openedBy,
      expiresAt: iso(isDue ? renewed : session.expiresAt),
    },
    preferences: preferencesOf(account),
    notices: noticeRows(noticed, signedIn),
  };
  if (!isDue) return answered(now, answer);
  return goOn(
    now,
    pending((later) => {
      const { expiresAt = 0 } = later.sessions[label] ?? {};
      if (expiresAt <= later.now) throw new Refused('not_signed_in');
      return answered(
        altered(later, (draft) => use(draft, label)),
        answer,
      );
    }),
  );
}

/** `GET /account/history`, as far as its first page goes; what happened at the same time is in no order. */
export function showHistory(jar: Jar): Pending {
  return pending((state) => {
    const { accountId } = requireSignedIn(state, jar);
    const events = (state.events[accountId] ?? []).map((event) => ({ ...event, at: iso(event.at) }));
    return answered(state, { status: 200, events: sorted(events) });
  });
}

/** Of things in no order of their own. */
export const sorted = (things: readonly object[]): object[] =>
  things.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));

/** The session that asks is gone, once it was found open. */
const leave = (state: State, label: Label) =>
  goOn(
    state,
    pending((later) =>
      answered(
        altered(later, (draft) => {
          delete draft.sessions[label];
        }),
        { status: 204 },
        { session: null },
      ),
    ),
  );

/** `DELETE /session` */
export function signOut(jar: Jar): Pending {
  return pending((state) => leave(state, requireSignedIn(state, jar).label));
}

/** By sessions of one method, as "this wasn't me" does too: the owner is told each time. */
const SIGN_OUTS_PER_DAY = 10;

export function countSignOut(draft: State, accountId: string, provider: Provider): void {
  if (!countToday(draft, keyOf(accountId, provider, 'signed_out'), SIGN_OUTS_PER_DAY))
    throw new Refused('quota_exceeded', { retryAfter: DAY - (draft.now % DAY) });
}

/** `DELETE /sessions`: every session of the account ends, and the codes of sign-ins under way are worth nothing. */
export function signOutEverywhere(jar: Jar, by: Label): Pending {
  return pending((state) => {
    const { accountId, session, label } = requireActing(state, jar);
    const provider = session.openedBy;
    const method = methodOf(state, accountId, provider);
    const after = altered(state, (draft) => {
      countSignOut(draft, accountId, provider);
      endEverySession(draft, accountId, by);
      if (method) tellOwner(draft, accountId, by, { type: 'signed_out', provider, method, bySession: label });
    });
    return answered(after, { status: 204 }, { session: null });
  });
}

/** How many others the sessions of one method end in a day, one by one; the owner is told of the first. */
const ENDED_PER_DAY = 20;

/** `DELETE /sessions/{id}`: one session of the account ends, which may be the one that asks. */
export function endOneSession(jar: Jar, by: Label, ended: Label): Pending {
  return pending((state) => {
    const { accountId, session, label } = requireActing(state, jar);
    if (signedInBy(state, { session: ended })?.accountId !== accountId) throw new Refused('not_found');
    if (ended === label) return leave(state, label);
    const { openedBy: provider } = session;
    const method = methodOf(state, accountId, provider);
    const counter = keyOf(accountId, provider, 'ended');
    const after = altered(state, (draft) => {
      const isFirst = countedToday(draft, counter) === 0;
      if (!countToday(draft, counter, ENDED_PER_DAY))
        throw new Refused('quota_exceeded', { retryAfter: DAY - (draft.now % DAY) });
      delete draft.sessions[ended];
      use(draft, label);
      if (isFirst && method)
        tellOwner(draft, accountId, by, { type: 'signed_out', provider, method, bySession: label });
    });
    return answered(after, { status: 204 });
  });
}

/**
 * Sessions and codes are bound to a method as it was linked or last renewed: each becomes another. And every browser is new, as far as
 * the owner is told of those.
 */
export function endEverySession(draft: State, accountId: string, by: Label): void {
  const account = draft.accounts[accountId];
  if (account) account.browsersForgottenAt = draft.now;
  for (const provider of PROVIDERS) {
    const method = methodOf(draft, accountId, provider);
    if (method === undefined) continue;
    method.id = `${by} ${provider}`;
    for (const subject of method.subjects) {
      const claim = draft.claims[keyOf(provider, subject)];
      if (claim) claim.methodId = method.id;
    }
  }
}
