import { tellOwner } from './notices.ts';
import {
  type At,
  DAY,
  keyOf,
  type Label,
  type Method,
  maskedAddress,
  methodOf,
  type State,
} from './state.ts';

/** A mail to an address, sent some time ago, has come back. */
export interface MailBack {
  readonly address: string;
  /** How long ago it was sent, seconds. */
  readonly age: number;
}

/** From when on a mail says anything new of an address: nobody knows since when what is registered is there. */
const provedAt = ({ relation, since, mailProvedAt = 0 }: Method): At =>
  Math.max(mailProvedAt, relation === 'registered' ? 0 : since);

/** The address gets no more mail, and whoever has it is told by SMS; unless it was proved since that mail was sent. */
export function mailComesBack(draft: State, { address, age }: MailBack, by: Label): void {
  const owner = draft.claims[keyOf('email', address)];
  if (owner === undefined || owner.relation === 'kept') return;
  const { account } = owner;
  const method = methodOf(draft, account, 'email');
  if (!method?.subjects.includes(address) || method.mailStoppedAt !== undefined) return;
  if (provedAt(method) >= draft.now - age) return;
  method.mailStoppedAt = draft.now;
  const { phone = null } = draft.accounts[account] ?? {};
  const display = maskedAddress(address);
  tellOwner(draft, account, by, {
    type: 'mail_stopped',
    provider: 'email',
    display,
    method: { subjects: [], display },
    destinations: phone === null ? [] : [{ by: 'sms', to: phone, hasLink: false }],
  });
}

/** A code that was mailed to the address was typed: it is mailed to as before. */
export function proveMail(draft: State, account: string): void {
  const method = methodOf(draft, account, 'email');
  if (method === undefined) return;
  delete method.mailStoppedAt;
  delete method.mailTriedAt;
  method.mailProvedAt = draft.now;
}

/** Whether a sign-in code is mailed: to an address that gets none, one a day that a browser known to it asks for. */
export function mayMail(state: State, { mailStoppedAt, mailTriedAt }: Method, isKnown: boolean): boolean {
  if (mailStoppedAt === undefined) return true;
  return isKnown && (mailTriedAt === undefined || mailTriedAt <= state.now - DAY);
}
