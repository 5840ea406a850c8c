import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountEvent, Delivery } from '../../local/messages/account-events.ts';
import { parkedUrl } from '../../local/messages/queue.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import { type RedriveOptions, redrive } from '../../local/redrive.ts';

const QUEUE = 'http://localhost/queue/DeferredNotices';

let server: MessagesServer;
let bus: EventBridgeClient;
let queue: SQSClient;
/** What the function was given, and what it makes of an event. */
let given: AccountEvent[] = [];
let answer: (event: AccountEvent) => unknown = () => 'updated';

beforeAll(async () => {
  server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: [], protectConfigurationIds: [] },
    queue: { url: QUEUE, longestDelaySeconds: 0, invoke: async () => null },
    accountEvents: {
      bus: 'company',
      source: 'account-system',
      retrySeconds: 0,
      invoke: async (event) => {
        given.push(event);
        return answer(event);
      },
    },
  });
  const config = { region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 };
  bus = new EventBridgeClient({ ...config, endpoint: `${server.origin}/events` });
  queue = new SQSClient({ ...config, endpoint: `${server.origin}/queue` });
});
afterAll(async () => {
  bus.destroy();
  queue.destroy();
  await server.stop();
});

const list = async (): Promise<Delivery[]> =>
  (await fetch(`${server.origin}/account-events`)).json() as never;

/** Waits until no event is under way. */
async function settled(): Promise<Delivery[]> {
  for (let deliveries = await list(); ; deliveries = await list())
    if (deliveries.every(({ state }) => state !== 'delivering')) return deliveries;
}

let accounts = 0;
async function put(
  changes: { Source?: string; DetailType?: string; EventBusName?: string } = {},
): Promise<string> {
  const accountId = `a${++accounts}`;
  const entry = {
    EventBusName: 'company',
    Source: 'account-system',
    DetailType: 'account.changed',
    Detail: JSON.stringify({ accountId, revision: 7 }),
    ...changes,
  };
  await bus.send(new PutEventsCommand({ Entries: [entry] }));
  return accountId;
}
const failing = (reason: string) => () => ({ errorMessage: reason, errorType: 'Error' });

const of = (accountId: string) => ({ detail: { accountId, revision: 7 } });

beforeEach(async () => {
  answer = () => 'updated';
  await fetch(`${server.origin}/account-events/redrive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  await settled();
  given = [];
});

describe('an event of the account system', () => {
  test('reaches the function, as EventBridge gives it', async () => {
    const accountId = await put();
    expect((await settled())[0]).toMatchObject({ ...of(accountId), state: 'applied', outcome: 'updated' });
    expect(given).toMatchObject([
      { source: 'account-system', 'detail-type': 'account.changed', ...of(accountId) },
    ]);
  });

  test.each([{ Source: 'somebody-else' }, { DetailType: 'account.created' }, { EventBusName: 'default' }])(
    'that the rule does not match, by %j, reaches nobody',
    async (changes) => {
      await put(changes);
      await settled();
      expect(given).toEqual([]);
    },
  );

  test('that the function fails is tried again', async () => {
    answer = () => (given.length < 3 ? failing('down')() : 'added');
    await put();
    expect((await settled())[0]).toMatchObject({ state: 'applied', outcome: 'added', tries: 3 });
    expect(new Set(given.map(({ id }) => id)).size).toBe(1);
  });

  test('that fails each time is parked, with why, until it is sent again', async () => {
    answer = failing('phone: must be a number');
    const accountId = await put();
    const parked = { ...of(accountId), state: 'parked', reason: 'phone: must be a number', tries: 3 };
    expect((await settled())[0]).toMatchObject(parked);
    answer = () => 'added';
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${server.origin}/account-events/redrive`, { method: 'POST', headers });
    expect(await reply.json()).toEqual({ sent: 1 });
    const [again, before] = await settled();
    expect(again).toMatchObject({ ...of(accountId), state: 'applied' });
    expect(before).toMatchObject({ ...of(accountId), state: 'sent_again' });
  });

  test('is sent again by no other page', async () => {
    const reply = await fetch(`${server.origin}/account-events/redrive`, { method: 'POST', body: 'x' });
    expect(reply.status).toBe(415);
  });
});

interface Run extends Partial<RedriveOptions> {
  readonly lines?: string[];
}

const run = ({ lines = [], ...options }: Run = {}) =>
  redrive({
    queue,
    queueUrl: parkedUrl(QUEUE),
    bus,
    busName: 'company',
    isDryRun: false,
    print: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...options,
  });

async function park(count: number): Promise<string[]> {
  answer = failing('parentId: there is no such account');
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await put());
  await settled();
  answer = () => 'added';
  given = [];
  return ids;
}
const givenIds = () => given.map(({ detail }) => (detail as { accountId: string }).accountId).toSorted();
const stillParked = async () => (await list()).filter(({ state }) => state === 'parked').length;

describe('redriving', () => {
  test('sends every parked event again, and once', async () => {
    const ids = await park(23);
    expect(await run()).toEqual({ found: 23, sent: 23 });
    await settled();
    expect(givenIds()).toEqual(ids.toSorted());
    expect(await run()).toEqual({ found: 0, sent: 0 });
  });

  test('only lists them if it is to: which, since when and why, and nothing else of what they hold', async () => {
    const [accountId] = await park(1);
    const lines: string[] = [];
    expect(await run({ isDryRun: true, lines })).toEqual({ found: 1, sent: 0 });
    const what = `account "${accountId}", revision 7, status null: "parentId: there is no such account"`;
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}/)]);
    expect(lines[0]).toContain(what);
    expect([givenIds(), await stillParked()]).toEqual([[], 1]);
    // They are in sight again at once.
    expect(await run()).toEqual({ found: 1, sent: 1 });
  });

  test('does not go round with what is parked again', async () => {
    await park(2);
    answer = failing('still');
    expect(await run()).toEqual({ found: 2, sent: 2 });
    await settled();
    expect(await stillParked()).toBe(2);
  });

  test('that is interrupted, or that the bus fails, leaves parked what was not sent', async () => {
    await park(3);
    const interruption = new AbortController();
    const print = () => interruption.abort();
    expect(await run({ print, signal: interruption.signal })).toEqual({ found: 1, sent: 1 });
    expect(await stillParked()).toBe(2);
    const down = { send: async () => Promise.reject(new Error('down')) } as unknown as EventBridgeClient;
    await expect(run({ bus: down })).rejects.toThrow('down');
    const refusing = {
      send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }),
    } as unknown as EventBridgeClient;
    await expect(run({ bus: refusing })).rejects.toThrow('ThrottlingException');
    expect(await stillParked()).toBe(2);
    expect(await run()).toEqual({ found: 2, sent: 2 });
  });

  test('that dies between sending and taking out sends once more, which changes nothing', async () => {
    await park(1);
    server.faults.next('DeleteMessage', { kind: 'reset' });
    await expect(run()).rejects.toThrow();
    expect(await run()).toEqual({ found: 1, sent: 1 });
    await settled();
    expect(given.length).toBe(2);
  });

  test('of a queue that is not there fails', async () => {
    await expect(run({ queueUrl: `${QUEUE}X` })).rejects.toThrow(QueueDoesNotExist);
  });
});
