import { DAY_SECONDS, type EpochSeconds } from './rules.ts';

/**
 * Why an address gets no more mail: its server refused a mail for good, its reader called one spam, or SES would not send it since it is on
 * one of its lists.
 */
export const MAIL_STOP_REASONS = ['bounced', 'complained', 'suppressed'] as const;
export type MailStopReason = (typeof MAIL_STOP_REASONS)[number];

/** Mail to an address has come back: nothing is sent there until its reader proves it anew. */
export interface MailStop {
  readonly reason: MailStopReason;
  readonly at: EpochSeconds;
  /** When a browser that is known to the address was last sent a code all the same. */
  readonly triedAt?: EpochSeconds;
}

/** What is known of an address by which mail is sent to it. */
interface Known {
  readonly mailStopped?: MailStop;
  readonly mailProvedAt?: EpochSeconds;
  readonly since?: EpochSeconds;
}

/**
 * Whether what comes back of a mail says anything new of the address: it is not marked yet, and was not proved since the mail was sent. To the
 * second, and in doubt it is proved: what comes next will tell.
 */
export function saysMore({ mailStopped, mailProvedAt = 0, since = 0 }: Known, sentAt: EpochSeconds): boolean {
  return mailStopped === undefined && Math.max(mailProvedAt, since) < sentAt;
}

/** How long after one try a known browser gets another: what goes on coming back would cost the sender its name. */
export const RETRY_SECONDS = DAY_SECONDS;
