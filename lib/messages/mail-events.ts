import * as z from 'zod/mini';
import type { AccountId } from '../linking/account.ts';
import { type EmailAddress, parseEmail } from '../linking/email.ts';
import { isWayIn } from '../linking/identity.ts';
import type { MailStopReason } from '../linking/mail-stop.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Spender } from '../linking/spending.ts';
import { ASKED_BY_TAGS } from './mail.ts';

/** What became of a mail that SES had accepted. `soft`: its server did not take it for now, and SES has given up. */
export type MailOutcome = MailStopReason | 'delivered' | 'rejected' | 'soft';

export interface MailEvent {
  readonly outcome: MailOutcome;
  /** Whom it is about, in their normal form. */
  readonly addresses: readonly EmailAddress[];
  /** When the mail was sent, which may be long ago. */
  readonly sentAt: EpochSeconds;
  /** Who chose the address, where somebody did. */
  readonly askedBy?: Spender;
}

const recipients = z.array(z.object({ emailAddress: z.string() }));
const mail = z.object({
  timestamp: z.iso.datetime(),
  destination: z.array(z.string()),
  tags: z.optional(z.record(z.string(), z.array(z.string()))),
});

const eventSchema = z.discriminatedUnion('eventType', [
  z.object({
    eventType: z.literal('Bounce'),
    bounce: z.object({
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: recipients,
    }),
    mail,
  }),
  z.object({
    eventType: z.literal('Complaint'),
    complaint: z.object({
      complainedRecipients: recipients,
      complaintSubType: z.optional(z.nullable(z.string())),
    }),
    mail,
  }),
  z.object({ eventType: z.literal('Delivery'), mail }),
  z.object({ eventType: z.literal('Reject'), mail }),
]);
type SesEvent = z.infer<typeof eventSchema>;

/** Bounces, and complaints, that are of SES's own making: the address is on its list, or on the account's. */
const SUPPRESSED = ['Suppressed', 'OnAccountSuppressionList'];

function outcomeOf(event: SesEvent): MailOutcome {
  switch (event.eventType) {
    case 'Bounce': {
      const { bounceType, bounceSubType } = event.bounce;
      if (bounceType !== 'Permanent') return 'soft';
      return SUPPRESSED.includes(bounceSubType) ? 'suppressed' : 'bounced';
    }
    case 'Complaint':
      return SUPPRESSED.includes(event.complaint.complaintSubType ?? '') ? 'suppressed' : 'complained';
    case 'Delivery':
      return 'delivered';
    case 'Reject':
      return 'rejected';
  }
}

function recipientsOf(event: SesEvent): readonly string[] {
  if (event.eventType === 'Bounce')
    return event.bounce.bouncedRecipients.map(({ emailAddress }) => emailAddress);
  if (event.eventType === 'Complaint')
    return event.complaint.complainedRecipients.map(({ emailAddress }) => emailAddress);
  return event.mail.destination;
}

function askedBy({ mail: { tags = {} } }: SesEvent): Spender | undefined {
  const accountId = tags[ASKED_BY_TAGS.account]?.[0];
  const openedBy = tags[ASKED_BY_TAGS.openedBy]?.[0];
  return accountId !== undefined && isWayIn(openedBy)
    ? { accountId: accountId as AccountId, openedBy }
    : undefined;
}

/** Of `Somebody <name@example.com>` as well, as some servers send a recipient back. */
const bareAddress = (recipient: string): string => /<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient;

/**
 * An event of SES about a mail, as EventBridge brings it:
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html,
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html
 *
 * @returns undefined if it is none that we ask for
 */
export function parseMailEvent(detail: unknown): MailEvent | undefined {
  const parsed = eventSchema.safeParse(detail);
  if (!parsed.success) return undefined;
  const event = parsed.data;
  const spender = askedBy(event);
  return {
    outcome: outcomeOf(event),
    addresses: recipientsOf(event).flatMap((recipient) => parseEmail(bareAddress(recipient)) ?? []),
    sentAt: Math.floor(Date.parse(event.mail.timestamp) / 1000),
    ...(spender && { askedBy: spender }),
  };
}
