import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventBridgeEvent } from 'aws-lambda';
import type { Context } from 'hono';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { tellLive } from './live.ts';
import { type InboxPage, wantsPage } from './page.ts';
import { ParkedEvents } from './parked-events.ts';

const DETAIL_TYPE = 'account.changed';
/** As Lambda does with an event that a function failed. */
const TRIES = 3;
const DELIVERIES_MAX = 1_000;

export type AccountEvent = EventBridgeEvent<string, unknown>;

/** The rule on the bus, and the function that it gives events to. */
export interface AccountEventsOptions {
  readonly bus: string;
  readonly source: string;
  /** How long Lambda waits until it tries again. */
  readonly retrySeconds: number;
  /** Runs the function. @returns what it returned; of one that failed the error that Lambda makes of it */
  readonly invoke: (event: AccountEvent) => Promise<unknown>;
}

/** What became of an event; a `reason` is what the function failed with. */
export interface Delivery {
  readonly id: string;
  readonly at: string;
  readonly detail: unknown;
  readonly state: 'delivering' | 'applied' | 'parked' | 'sent_again';
  readonly tries: number;
  readonly outcome?: string;
  readonly reason?: string;
}

const failedSchema = z.object({ errorMessage: z.string() });

/** Why the function failed; undefined if it did not. */
export async function failureOf(reply: Promise<unknown>): Promise<{ reason?: string; outcome?: unknown }> {
  try {
    const returned = await reply;
    const failed = failedSchema.safeParse(returned);
    return failed.success ? { reason: failed.data.errorMessage } : { outcome: returned };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Hands events of accounts to their function, as EventBridge and Lambda do: three times, and then they are parked. */
export class AccountEvents {
  readonly parked: ParkedEvents;
  readonly #options: AccountEventsOptions | undefined;
  readonly #now: () => Date;
  readonly #deliveries = new Map<string, Delivery>();
  readonly #listeners = new Set<(delivery: Delivery) => void>();
  readonly #stopped = new AbortController();

  constructor(options: AccountEventsOptions | undefined, now: () => Date = () => new Date()) {
    this.#options = options;
    this.#now = now;
    this.parked = new ParkedEvents(now, ({ id }) => this.#tell(id, { state: 'sent_again' }));
  }

  /** Newest first. */
  list(): Delivery[] {
    return [...this.#deliveries.values()].reverse();
  }

  /** @returns ends the subscription */
  subscribe(listener: (delivery: Delivery) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes an event from the bus; one that the rule does not match is nobody's. */
  offer({ bus, source, type, detail }: { bus: string; source: string; type: string; detail: unknown }): void {
    const rule = this.#options;
    if (rule === undefined || bus !== rule.bus || source !== rule.source || type !== DETAIL_TYPE) return;
    const at = this.#now().toISOString();
    const event: AccountEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': type,
      source,
      account: '000000000000',
      time: at,
      region: 'local',
      resources: [],
      detail,
    };
    this.#deliveries.set(event.id, { id: event.id, at, detail, state: 'delivering', tries: 0 });
    for (const id of this.#deliveries.keys())
      if (this.#deliveries.size > DELIVERIES_MAX) this.#deliveries.delete(id);
    void this.#deliver(event, rule);
  }

  /** Sends what is parked again. @returns how many that were */
  redrive(): number {
    const { bus = '' } = this.#options ?? {};
    const all = this.parked.takeAll();
    for (const { event } of all)
      this.offer({ bus, source: event.source, type: event['detail-type'], detail: event.detail });
    return all.length;
  }

  /** Forgets what waits for another try. */
  stop(): void {
    this.#stopped.abort();
  }

  async #deliver(event: AccountEvent, { invoke, retrySeconds }: AccountEventsOptions): Promise<void> {
    const { signal } = this.#stopped;
    for (let tries = 1; ; tries += 1) {
      this.#tell(event.id, { tries });
      const { reason, outcome } = await failureOf(invoke(event));
      if (signal.aborted) return;
      if (reason === undefined) {
        const word = typeof outcome === 'string' ? { outcome } : {};
        return this.#tell(event.id, { state: 'applied', ...word });
      }
      if (tries === TRIES) {
        this.parked.add(event, reason);
        return this.#tell(event.id, { state: 'parked', reason });
      }
      this.#tell(event.id, { reason });
      await wait(retrySeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  #tell(id: string, change: Partial<Delivery>): void {
    const known = this.#deliveries.get(id);
    if (known === undefined) return;
    const delivery = { ...known, ...change };
    this.#deliveries.set(id, delivery);
    for (const listener of this.#listeners) listener(delivery);
  }
}

const SAMPLES = join(import.meta.dirname, '..', '..', 'docs', 'events', 'samples');
/** As somebody would try them out. */
const SAMPLE_NAMES = ['new-account', 'sub-account', 'changed-phone', 'suspended', 'closed'] as const;

/** What the page's form begins with. */
async function readForm({ bus = 'default', source = 'account-system' }: Partial<AccountEventsOptions>) {
  const entries = SAMPLE_NAMES.map(
    async (name) => [name, (await readFile(join(SAMPLES, `${name}.json`), 'utf8')).trim()] as const,
  );
  return { bus, source, samples: Object.fromEntries(await Promise.all(entries)) };
}

/** Lists what became of events, or shows it to a browser; and sends again what is parked. */
export function createAccountEventsApp(
  events: AccountEvents,
  options: AccountEventsOptions | undefined,
  page: InboxPage,
): Hono {
  const app = new Hono();
  app.get('/form', async (context) => context.json(await readForm(options ?? {})));
  app.get('/', (context: Context) => {
    context.header('vary', 'accept');
    return wantsPage(context) ? page.show(context) : context.json(events.list());
  });
  app.get('/live', (context) =>
    tellLive(context, {
      list: () => events.list(),
      subscribe: (listener) => events.subscribe(listener),
    }),
  );
  app.post('/redrive', (context) => {
    // A page elsewhere can't send that without asking first.
    if (context.req.header('content-type') !== 'application/json') return context.body(null, 415);
    return context.json({ sent: events.redrive() });
  });
  return app;
}
