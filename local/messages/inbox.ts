import { randomUUID } from 'node:crypto';
import { parseEmail } from '../../lib/linking/email.ts';
import { REPORTED, type Reported, type Reports } from './reports.ts';

/** A message as `GET /messages` lists it. `at` is ISO 8601 in UTC. */
export interface Message {
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly text: string;
  /** Six digits that stand alone in the text, outside of links; null where there are none. */
  readonly code: string | null;
  readonly at: string;
}

/** What the page shows besides. */
export interface MailDetails {
  readonly subject: string;
  readonly html: string | undefined;
}
export type Received = Message & {
  readonly id: string;
  readonly mail?: MailDetails;
  /** What can be reported of it. */
  readonly reports: readonly Reported[];
};

const MESSAGES_MAX = 10_000;
const CODE = /(?<!\d)\d{6}(?!\d)/;
const LINKS = /https?:\/\/\S+/g;
const MAINLAND_MOBILE = /^1[3-9]\d{9}$/;

/** Every spelling of E.164 that somebody may mean by what they typed: with or without +, of mainland China without 86. */
function phones(typed: string): string[] {
  const compact = typed.replace(/[\s()-]/g, '');
  const digits = compact.replace(/^(\+|00)/, '');
  if (!/^\d+$/.test(digits)) return [];
  const isNational = compact === digits && MAINLAND_MOBILE.test(digits);
  // In a query a bare + arrives as a space, so a number that lacks it may still be complete.
  return isNational ? [`+86${digits}`, `+${digits}`] : [`+${digits}`];
}

/** The forms to compare by: an address as identities are compared, a phone as E.164. */
function forms(typed: string): string[] {
  return typed.includes('@') ? [parseEmail(typed) ?? typed.trim().toLowerCase()] : phones(typed);
}

/** Which messages went to a phone or address as somebody typed it; to anybody where it is absent or blank. */
export function isTo(to: string | undefined): (message: Message) => boolean {
  if (to === undefined || to.trim() === '') return () => true;
  const wanted = new Set(forms(to));
  return (message) => forms(message.to).some((form) => wanted.has(form));
}

/** Everything that was sent, newest first. */
export class Inbox {
  readonly #messages: Received[] = [];
  readonly #reports = new Map<string, Reports>();
  readonly #listeners = new Set<(message: Received) => void>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** Takes a message in, and tells its listeners. */
  deliver({
    reports = {},
    ...message
  }: {
    channel: Message['channel'];
    to: string;
    text: string;
    mail?: MailDetails;
    reports?: Reports;
  }): void {
    const code = CODE.exec(message.text.replace(LINKS, ''))?.[0] ?? null;
    const received: Received = {
      ...message,
      id: randomUUID(),
      code,
      at: this.#now().toISOString(),
      reports: REPORTED.filter((outcome) => reports[outcome] !== undefined),
    };
    this.#messages.unshift(received);
    this.#reports.set(received.id, reports);
    for (const { id } of this.#messages.splice(MESSAGES_MAX)) this.#reports.delete(id);
    for (const listener of this.#listeners) listener(received);
  }

  /** @param to a phone or address as typed; all messages where it is absent or blank */
  list(to?: string): Received[] {
    return this.#messages.filter(isTo(to));
  }

  /** What can be reported of a message; undefined if it is not there. */
  findReports(id: string): Reports | undefined {
    return this.#reports.get(id);
  }

  /** @returns ends the subscription */
  subscribe(listener: (message: Received) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** A message in the form of the contract, without what only the page shows. */
export function publicForm({ channel, to, text, code, at }: Received): Message {
  return { channel, to, text, code, at };
}
