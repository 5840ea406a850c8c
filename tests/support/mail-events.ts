/**
 * What SES says has become of a mail: the detail of its events on EventBridge, in full as its documentation has them.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
 */
interface Of {
  /** When the mail was sent, epoch seconds. */
  readonly sentAt: number;
  readonly type?: string;
  readonly subType?: string;
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

const mail = (address: string, { sentAt, tags = {} }: Of) => ({
  timestamp: new Date(sentAt * 1000).toISOString(),
  source: 'no-reply@example.com',
  sendingAccountId: '123456789012',
  messageId: '0102015e00000000-00000000-0000-0000-0000-000000000000-000000',
  destination: [address],
  headersTruncated: false,
  headers: [{ name: 'To', value: address }],
  commonHeaders: { from: ['no-reply@example.com'], to: [address] },
  tags: { 'ses:configuration-set': ['account-linking-test'], ...tags },
});

export const bounce = (address: string, of: Of): object => ({
  eventType: 'Bounce',
  bounce: {
    bounceType: of.type ?? 'Permanent',
    bounceSubType: of.subType ?? 'General',
    bouncedRecipients: [
      {
        emailAddress: address,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      },
    ],
    timestamp: new Date(of.sentAt * 1000 + 700).toISOString(),
    feedbackId: '0102015e00000000-00000000-0000-0000-0000-000000000000-000000',
    reportingMTA: 'dsn; mta.example.com',
  },
  mail: mail(address, of),
});

export const complaint = (address: string, of: Of): object => ({
  eventType: 'Complaint',
  complaint: {
    complainedRecipients: [{ emailAddress: address }],
    timestamp: new Date(of.sentAt * 1000 + 900).toISOString(),
    feedbackId: '0102015e00000000-00000000-0000-0000-0000-000000000000-000000',
    complaintSubType: of.subType ?? null,
    userAgent: 'Any User Agent',
    complaintFeedbackType: 'abuse',
  },
  mail: mail(address, of),
});

export const delivered = (address: string, of: Of): object => ({
  eventType: 'Delivery',
  mail: mail(address, of),
  delivery: { recipients: [address], smtpResponse: '250 2.6.0 Message received' },
});
