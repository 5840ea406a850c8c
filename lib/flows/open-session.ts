import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { deviceCookie, sessionCookie } from '../http/cookies.ts';
import { type AccountId, type LastFlow, type Session, sessionExpiresAt } from '../linking/account.ts';
import {
  accountMarks,
  addressMarks,
  knownSince,
  newDevice,
  openDevice,
  sealDevice,
  withSignIn,
} from '../linking/device.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { Subject, WayIn } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newToken } from '../linking/secrets.ts';
import { sessionToken } from '../linking/session.ts';
import {
  accountOpen,
  accountOpenToKnown,
  accountStillSuspended,
  BrowserForgotten,
} from '../table/accounts.ts';
import { commit, type Fragment } from '../table/client.ts';
import { sessionCreated, sessionReplaced } from '../table/sessions.ts';
import { recordAndNotify, recordEvent, recordRefusalAndNotify } from './record-event.ts';

/** Whose session is to be opened, and by what. */
interface SignIn {
  readonly accountId: AccountId;
  readonly openedBy: WayIn;
  readonly methodId: string;
  readonly display: string;
  /** The identity that was signed in with. */
  readonly subjects: readonly Subject[];
  /** The address a code was mailed to, if one was: the browser is known to it from now on. */
  readonly address?: EmailAddress;
  readonly now: EpochSeconds;
  readonly lastFlow?: LastFlow;
  readonly accountGone?: Fragment['refusal'];
}

/** A session that was opened. */
export interface Opened {
  /** What its holder shows: in its cookie, or as a bearer. */
  readonly token: string;
  readonly expiresAt: EpochSeconds;
  /** Its cookie, and the one by which the browser will be known again. */
  readonly cookies: string[];
}

/**
 * Signs a browser in: a new session, with a new token whatever the browser had before, in place of the one it had. A browser that the
 * account does not know, or has forgotten, its owner is told of.
 *
 * @param alsoHolds what else must hold and be written for it, in the same transaction
 * @throws Problem `account_suspended`; then nothing is written
 */
export async function signIn(
  dependencies: Core & WithKeys,
  caller: Caller,
  by: SignIn,
  alsoHolds: readonly Fragment[],
): Promise<Opened> {
  const { table, settings, random, keys } = dependencies;
  const { accountId, openedBy, methodId, address, now, lastFlow, accountGone } = by;
  const marks = accountMarks(keys, accountId);
  const device = openDevice(caller.deviceCookie, keys, now) ?? newDevice(random);
  const signedInTo = address === undefined ? [marks] : [marks, addressMarks(keys, address)];
  const token = newToken(random);
  const endsAt = now + settings.rules.sessionMaxSeconds;
  const session: Session = {
    accountId,
    hash: hashToken(token),
    openedBy,
    methodId,
    endsAt,
    expiresAt: sessionExpiresAt(endsAt, now, settings.rules),
    openedAt: now,
    lastSeenAt: now,
    device: caller.device,
    ip: caller.maskedIp,
    ...(lastFlow && { lastFlow }),
  };
  const told = { type: 'signed_in', provider: openedBy, display: by.display } as const;
  const store = (account: Fragment, events: readonly Fragment[]) =>
    commit(table, [
      ...alsoHolds,
      sessionCreated(table, session),
      account,
      ...events,
      ...(caller.sessionRef ? [sessionReplaced(table, caller.sessionRef)] : []),
    ]);
  const storeUnknown = () => {
    const notice = { ...told, subjects: by.subjects, bySession: session.hash };
    const events = recordAndNotify(dependencies, caller, accountId, notice);
    return store(accountOpen(table, accountId, accountGone), events);
  };
  // As far as its cookies show: a browser that has lost them counts as new once more.
  const knownAt = knownSince(marks, device);
  if (knownAt === undefined) await storeUnknown();
  else
    try {
      const events = [recordEvent(dependencies, caller, accountId, told)];
      await store(accountOpenToKnown(table, accountId, knownAt, accountGone), events);
    } catch (error) {
      if (!(error instanceof BrowserForgotten)) throw error;
      await storeUnknown();
    }
  const shown = sessionToken(session, token);
  const known = deviceCookie(sealDevice(withSignIn(device, signedInTo, now), keys));
  return { token: shown, expiresAt: session.expiresAt, cookies: [sessionCookie(shown), known] };
}

/**
 * A sign-in to an account that the company has suspended: it opens nothing. Nobody is notified, since there is nothing to do about it here.
 *
 * @param alsoHolds what else must hold and be written, in the same transaction
 */
export async function refuseSuspendedAccount(
  dependencies: Core,
  caller: Caller,
  { accountId, openedBy, display }: Pick<SignIn, 'accountId' | 'openedBy' | 'display'>,
  alsoHolds: readonly Fragment[],
): Promise<void> {
  const { table } = dependencies;
  const event = { type: 'refused', provider: openedBy, display, reason: 'account_suspended' } as const;
  await commit(table, [
    ...alsoHolds,
    accountStillSuspended(table, accountId),
    recordEvent(dependencies, caller, accountId, event),
  ]);
}

/**
 * A sign-in with a suspended method: it opens nothing, and the phone registered with the account gets a link to use the method again.
 *
 * @throws Problem `account_suspended`; then nothing is written
 * @param alsoHolds what else must hold and be written, in the same transaction
 */
export async function refuseSuspended(
  dependencies: Core,
  caller: Caller,
  { accountId, openedBy, display, subjects, accountGone }: Omit<SignIn, 'methodId' | 'now'>,
  alsoHolds: readonly Fragment[],
): Promise<void> {
  const { table, observer } = dependencies;
  const told = { type: 'suspended', isAttempt: true, provider: openedBy, display, subjects } as const;
  await commit(table, [
    ...alsoHolds,
    accountOpen(table, accountId, accountGone),
    ...recordRefusalAndNotify(dependencies, caller, accountId, told, 'method_suspended'),
  ]);
  observer.count('SuspendedRefused');
}
