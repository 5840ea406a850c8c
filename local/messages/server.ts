import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { Faults } from '../faults.ts';
import { type RunningServer, serve } from '../server.ts';
import { createEventsApp } from './events.ts';
import { Inbox, isTo, publicForm } from './inbox.ts';
import { type MailServer, startMailServer } from './mail.ts';
import { createSmsApp, type SmsAccount } from './sms.ts';

const PAGE = join(import.meta.dirname, 'inbox.html');
const HEARTBEAT_MILLISECONDS = 15_000;
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'";

/** Where SMS and mail go, and where they are read. */
export interface MessagesServer extends RunningServer {
  readonly inbox: Inbox;
  /** Answers for SES. */
  readonly mailOrigin: string;
  /** Of SMS, by the operation's name: `SendTextMessage`; the errcode is the name of an AWS error. */
  readonly faults: Faults;
}

function createInboxApp(inbox: Inbox, mail: MailServer, page: string): Hono {
  // The AWS SDK ends the path of an endpoint with a slash.
  const app = new Hono({ strict: false });
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.on('GET', ['/', '/messages'], (context) => {
    // A mail may have been answered for a moment before its collection.
    mail.collect();
    context.header('vary', 'accept');
    const wantsPage = context.req.path === '/' || context.req.header('accept')?.includes('text/html');
    if (!wantsPage) return context.json(inbox.list(context.req.query('to')).map(publicForm));
    context.header('content-security-policy', PAGE_POLICY);
    return context.html(page);
  });
  app.get('/messages/live', (context) =>
    streamSSE(context, async (stream) => {
      const to = context.req.query('to');
      const isWanted = isTo(to);
      const unsubscribe = inbox.subscribe((message) => {
        if (isWanted(message)) void stream.writeSSE({ event: 'message', data: JSON.stringify(message) });
      });
      const heartbeat = setInterval(
        () => void stream.write(': heartbeat\n\n'),
        HEARTBEAT_MILLISECONDS,
      ).unref();
      const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
      await stream.writeSSE({ event: 'snapshot', data: JSON.stringify(inbox.list(to)) });
      await ended;
      clearInterval(heartbeat);
      unsubscribe();
    }),
  );
  return app;
}

/**
 * Starts the inbox, with the SMS stand-in on the same port (it is a POST to `/`), the one for EventBridge below `/events`, and a local
 * SES on a port of its own.
 *
 * @param options.port 0 for any free one
 */
export async function startMessagesServer(options: {
  port: number;
  sms: SmsAccount;
  now?: () => Date;
}): Promise<MessagesServer> {
  const inbox = new Inbox(options.now);
  const faults = new Faults();
  const page = await readFile(PAGE, 'utf8');
  const mail = await startMailServer(inbox);
  const app = createInboxApp(inbox, mail, page)
    .route('/', createSmsApp(inbox, options.sms, faults))
    .route('/events', createEventsApp(options.now ?? (() => new Date())));
  const server = await serve(app, options.port, 'machine').catch(async (error) => {
    await mail.stop();
    throw error;
  });
  const stop = async () => {
    await Promise.all([server.stop(), mail.stop()]);
  };
  return { ...server, inbox, faults, mailOrigin: mail.origin, stop };
}
