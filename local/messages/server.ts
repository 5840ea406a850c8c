import { Hono } from 'hono';
import { Faults } from '../faults.ts';
import { createOperatorApp, type Invoke } from '../operator/app.ts';
import { type RunningServer, serve } from '../server.ts';
import { AccountEvents, type AccountEventsOptions, createAccountEventsApp } from './account-events.ts';
import { createEventsApp } from './events.ts';
import { Inbox, isTo, publicForm } from './inbox.ts';
import { tellLive } from './live.ts';
import { type MailServer, startMailServer } from './mail.ts';
import { type InboxPage, readInboxPage, wantsPage } from './page.ts';
import { createQueueApp, LocalQueue, type QueueOptions } from './queue.ts';
import { createReportsApp } from './reports.ts';
import { createSmsApp, type SmsAccount } from './sms.ts';
import { createTencentSmsApp, type TencentSmsAccount } from './tencent-sms.ts';

/** Where SMS and mail go, and where they are read. */
export interface MessagesServer extends RunningServer {
  readonly inbox: Inbox;
  /** Answers for SES. */
  readonly mailOrigin: string;
  /** Of SMS and the queue, by the operation's name: `SendTextMessage`, `SendSms`, `SendMessage`; the errcode is the name of an error of the service. */
  readonly faults: Faults;
}

function createInboxApp(inbox: Inbox, mail: MailServer, page: InboxPage): Hono {
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
    if (context.req.path === '/' || wantsPage(context)) return page.show(context);
    return context.json(inbox.list(context.req.query('to')).map(publicForm));
  });
  app.get('/messages/live', (context) => {
    const to = context.req.query('to');
    const isWanted = isTo(to);
    return tellLive(context, {
      list: () => inbox.list(to),
      subscribe: (listener) =>
        inbox.subscribe((message) => {
          if (isWanted(message)) listener(message);
        }),
    });
  });
  return app.route('/page', page.files);
}

/**
 * Starts the inbox, with the stand-ins for SMS on the same port (they are a POST to `/`, and Tencent's has headers of its own), the ones for EventBridge below `/events` and for SQS
 * below `/queue`, the support desk below `/operator`, and a local SES on a port of its own.
 *
 * @param options.port 0 for any free one
 * @param options.tencentSms absent: there is no account at Tencent
 * @param options.queue absent: messages to a queue are refused
 * @param options.accountEvents absent: no function takes them
 * @param options.invoke runs a function of the support desk, or of what comes of messages; absent: it answers with an error
 */
export async function startMessagesServer(options: {
  port: number;
  sms: SmsAccount;
  tencentSms?: TencentSmsAccount;
  queue?: QueueOptions;
  accountEvents?: AccountEventsOptions;
  invoke?: Invoke;
  now?: () => Date;
}): Promise<MessagesServer> {
  const inbox = new Inbox(options.now);
  const faults = new Faults();
  const page = await readInboxPage();
  const noFunctions = () => Promise.reject(new Error('there are no functions'));
  const { invoke = noFunctions } = options;
  const mail = await startMailServer(inbox, invoke);
  const queue = new LocalQueue(options.queue);
  const operator = await createOperatorApp(invoke);
  const now = options.now ?? (() => new Date());
  const accountEvents = new AccountEvents(options.accountEvents, now);
  const tencent = options.tencentSms && createTencentSmsApp(inbox, options.tencentSms, faults, now, invoke);
  const app = createInboxApp(inbox, mail, page)
    .post('/', async (context, next) =>
      tencent && context.req.header('x-tc-action') !== undefined
        ? tencent.fetch(context.req.raw, context.env)
        : next(),
    )
    .route('/', createReportsApp(inbox))
    .route('/', createSmsApp(inbox, options.sms, faults, invoke))
    .route(
      '/events',
      createEventsApp(now, page, (event) => accountEvents.offer(event)),
    )
    .route('/account-events', createAccountEventsApp(accountEvents, options.accountEvents, page))
    .route('/queue', createQueueApp(queue, accountEvents.parked, faults))
    .route('/', operator);
  const server = await serve(app, options.port, 'machine').catch(async (error) => {
    await mail.stop();
    throw error;
  });
  const stop = async () => {
    queue.stop();
    accountEvents.stop();
    await Promise.all([server.stop(), mail.stop()]);
  };
  return { ...server, inbox, faults, mailOrigin: mail.origin, stop };
}
