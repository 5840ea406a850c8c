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

/** How long after one try a known browser gets another: what goes on coming back would cost the sender its name. */
export const RETRY_SECONDS = DAY_SECONDS;
