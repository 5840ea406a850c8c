import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Invoke } from '../operator/app.ts';
import { failureOf } from './account-events.ts';
import type { Inbox } from './inbox.ts';

/** What can be reported of a message by hand, as if its service said so. */
export const REPORTED = ['bounced', 'complained', 'undelivered'] as const;
export type Reported = (typeof REPORTED)[number];

/** Each report that a message can have, and what it does: it resolves to what the function returned. */
export type Reports = Readonly<Partial<Record<Reported, () => Promise<unknown>>>>;

/** An event as the AWS account's own bus hands it to a function. */
const busEvent = (source: string, type: string, detail: object) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': type,
  source,
  account: '000000000000',
  time: new Date().toISOString(),
  region: 'local',
  resources: [],
  detail,
});

/** A mail that a local SES took. */
export interface SentMail {
  readonly messageId: string;
  readonly to: string;
  /** When, ISO 8601. */
  readonly at: string;
  readonly configurationSet: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What SES would say of a mail: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html. Nothing where it
 * was sent without a configuration set, as SES then says nothing.
 */
export function mailReports(sent: SentMail, invoke: Invoke): Reports {
  const { messageId, to, at, configurationSet, tags } = sent;
  if (configurationSet === '') return {};
  const mail = {
    timestamp: at,
    messageId,
    destination: [to],
    tags: {
      'ses:configuration-set': [configurationSet],
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
    },
  };
  const report = (type: string, detail: object) =>
    invoke('takeMailEvent', busEvent('aws.ses', type, { ...detail, mail }));
  const bouncedRecipients = [{ emailAddress: to, action: 'failed', status: '5.1.1' }];
  const complainedRecipients = [{ emailAddress: to }];
  return {
    bounced: () =>
      report('Email Bounced', {
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients },
      }),
    complained: () =>
      report('Email Complaint Received', {
        eventType: 'Complaint',
        complaint: { complainedRecipients, complaintSubType: null, complaintFeedbackType: 'abuse' },
      }),
  };
}

/** What AWS End User Messaging would say of an SMS: https://docs.aws.amazon.com/sms-voice/latest/userguide/monitor-event-bridge.html */
export function smsReports(
  { messageId, context }: { readonly messageId: string; readonly context: unknown },
  invoke: Invoke,
): Reports {
  const detail = {
    eventType: 'TEXT_UNREACHABLE',
    eventVersion: '1.0',
    eventTimestamp: Date.now(),
    isFinal: true,
    messageId,
    messageType: 'TRANSACTIONAL',
    messageStatus: 'UNREACHABLE',
    context,
  };
  const event = busEvent('aws.sms-voice', 'Text Message Delivery Status Updated', detail);
  return { undelivered: () => invoke('countSmsReceipt', event) };
}

/** Runs the function that pulls receipts, as its schedule does. */
export const pullNow = (invoke: Invoke): Promise<unknown> =>
  invoke('pullSmsReceipts', busEvent('aws.events', 'Scheduled Event', {}));

const formSchema = z.object({ outcome: z.enum(REPORTED) });

/** `POST /messages/{id}/report {"outcome": "bounced"}`: the service says so to the function that it says such things to. */
export function createReportsApp(inbox: Inbox): Hono {
  const app = new Hono();
  app.post('/messages/:id/report', async (context) => {
    // A page elsewhere can't send that without asking first.
    if (context.req.header('content-type') !== 'application/json') return context.body(null, 415);
    const form = formSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!form.success) return context.json({ reason: `outcome must be one of ${REPORTED.join(', ')}` }, 400);
    const report = inbox.findReports(context.req.param('id'))?.[form.data.outcome];
    if (report === undefined) return context.json({ reason: 'there is no such message to report' }, 404);
    const { reason } = await failureOf(report());
    return reason === undefined ? context.json({}) : context.json({ reason }, 502);
  });
  return app;
}
