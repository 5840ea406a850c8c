import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { tellLive } from './live.ts';
import { type InboxPage, wantsPage } from './page.ts';

/** An event as `GET /events` lists it; `at` ISO 8601 UTC. */
export interface PublishedEvent {
  readonly bus: string;
  readonly source: string;
  readonly type: string;
  readonly detail: unknown;
  readonly at: string;
}

const EVENTS_MAX = 10_000;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

const json = z.pipe(
  z.string(),
  z.transform((text: string, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({ code: 'custom', message: 'is no JSON', input: text });
      return z.NEVER;
    }
  }),
);
const requestSchema = z.object({
  Entries: z
    .array(
      z.object({
        EventBusName: z._default(z.string(), 'default'),
        Source: z.string(),
        DetailType: z.string(),
        Detail: json,
      }),
    )
    .check(z.minLength(1), z.maxLength(10)),
});

/**
 * Stands in for Amazon EventBridge, whose one operation here is PutEvents, and lists what was published, newest first, or shows it to a browser:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @param onEvent gets each event, as the rules on the bus do
 */
export function createEventsApp(
  now: () => Date,
  page: InboxPage,
  onEvent: (event: PublishedEvent) => void = () => undefined,
): Hono {
  const events: PublishedEvent[] = [];
  const listeners = new Set<(event: PublishedEvent) => void>();
  const app = new Hono();
  app.get('/', (context) => {
    context.header('vary', 'accept');
    return wantsPage(context) ? page.show(context) : context.json(events);
  });
  app.get('/live', (context) =>
    tellLive(context, {
      list: () => events,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
  );
  app.post('/', async (context) => {
    const answer = (status: 200 | 400, body: object) =>
      context.body(JSON.stringify(body), status, {
        'content-type': CONTENT_TYPE,
        'x-amzn-requestid': randomUUID(),
      });
    if (context.req.header('x-amz-target') !== 'AWSEvents.PutEvents')
      return answer(400, { __type: 'UnknownOperationException' });
    const request = requestSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!request.success)
      return answer(400, {
        __type: 'ValidationException',
        message: 'The entries are not of the right form.',
      });
    const at = now().toISOString();
    for (const { EventBusName: bus, Source: source, DetailType: type, Detail: detail } of request.data
      .Entries) {
      const event = { bus, source, type, detail, at };
      events.unshift(event);
      for (const listener of listeners) listener(event);
      onEvent(event);
    }
    events.length = Math.min(events.length, EVENTS_MAX);
    const Entries = request.data.Entries.map(() => ({ EventId: randomUUID() }));
    return answer(200, { FailedEntryCount: 0, Entries });
  });
  return app;
}
