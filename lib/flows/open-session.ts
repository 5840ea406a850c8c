import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { deviceCookie, sessionCookie } from '../http/cookies.ts';
import { type AccountId, type LastFlow, type Session, sessionExpiresAt } from '../linking/account.ts';
import {
  accountMarks,
  addressMarks,
  isKnownTo,
  newDevice,
  openDevice,
  sealDevice,
  withSignIn,
} from '../linking/device.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { Provider } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { hashToken, newToken } from '../linking/secrets.ts';
import { sessionToken } from '../linking/session.ts';
import { accountOpen } from '../table/accounts.ts';
import type { Fragment } from '../table/client.ts';
import { sessionCreated, sessionReplaced } from '../table/sessions.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';

/** A session that is ready to be stored; the browser gets its cookies only once it is. */
export interface OpenedSession {
  /** Of the session, and the one by which the browser will be known again. */
  readonly cookies: string[];
  readonly fragments: Fragment[];
}

/**
 * A new session, with a new token whatever the browser had before: its cookies, and what must hold and be written for it to be one.
 * The session the browser had is ended by it.
 */
export function openSession(
  dependencies: Core & WithKeys,
  caller: Caller,
  by: {
    readonly accountId: AccountId;
    readonly openedBy: Provider;
    readonly methodId: string;
    readonly display: string;
    /** The address a code was mailed to, if one was: the browser is known to it from now on. */
    readonly address?: EmailAddress;
    readonly now: EpochSeconds;
    readonly lastFlow?: LastFlow;
    readonly accountGone?: Fragment['refusal'];
  },
): OpenedSession {
  const { table, settings, random, keys } = dependencies;
  const { accountId, openedBy, methodId, display, address, now, lastFlow, accountGone } = by;
  const marks = accountMarks(keys, accountId);
  const device = openDevice(caller.deviceCookie, keys, now) ?? newDevice(random);
  // As far as its cookies show: a browser that has lost them counts as new once more.
  const isNewDevice = !isKnownTo(marks, device);
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
    ...(lastFlow && { lastFlow }),
  };
  const event = { type: 'signed_in', provider: openedBy, display } as const;
  const fragments = [
    sessionCreated(table, session),
    accountOpen(table, accountId, accountGone),
    ...(isNewDevice
      ? recordAndNotify(dependencies, caller, accountId, event)
      : [recordEvent(dependencies, caller, accountId, event)]),
    ...(caller.sessionRef ? [sessionReplaced(table, caller.sessionRef)] : []),
  ];
  const cookies = [
    sessionCookie(sessionToken(accountId, token)),
    deviceCookie(sealDevice(withSignIn(device, signedInTo, now), keys)),
  ];
  return { cookies, fragments };
}
