import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { connectTable, type Item, type Table } from '../lib/table/client.ts';
import { connectionOf, localClient, startDynamoDBLocal } from '../local/dynamodb.ts';
import { readEvent } from '../tests/support/functions.ts';
import { methodsIn } from '../tests/support/inspect.ts';
import { sizeOf, UnitsMeter } from '../tests/support/units.ts';
import { bundleService, ROOT } from './compare/bundles.ts';
import { Instance } from './compare/instance.ts';
import { startOutside, startProxy } from './compare/outside.ts';
import type { Person, Service } from './compare/people.ts';
import { type Opened, serviceSide } from './compare/sides.ts';
import { GROWN_FILE, type GROWTH, type Grown, type GrowthReport, type UnitsOf } from './scale/growth.ts';

/**
 * `npm run bench:growth`: measures what an account that has much takes of the table, and writes bench/scale/growth.json, of which `npm run scale`
 * makes tables. The functions are the packaged ones, on DynamoDB Local. What is much of, such as ten thousand events, is copied from one that the service
 * wrote.
 */

/** Keys as the service has them, and not as they are on the wire. */
function decode(value: unknown, name = ''): unknown {
  if (name === 'Key' || name === 'Item') return unmarshall(value as Parameters<typeof unmarshall>[0]);
  if (name === 'Keys') return (value as unknown[]).map((key) => decode(key, 'Key'));
  if (Array.isArray(value)) return value.map((inner) => decode(inner));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, decode(one, inner)]));
}

/** A store in front of another one that adds up what is taken of it. */
async function startMeter(target: string, table: Table) {
  let taken = { read: 0, write: 0 };
  const server = await startProxy(target, async ({ operation, body }, proceed) => {
    const input = decode(JSON.parse(body)) as Record<string, unknown>;
    // One for each call: what it reads of the table to reckon by is no more than a call names.
    const meter = new UnitsMeter();
    let text = '';
    await meter.around({ command: operation, input }, async () => {
      const isCounted = input['ReturnConsumedCapacity'] !== undefined;
      const counted = { ...JSON.parse(body), ReturnConsumedCapacity: 'TOTAL' };
      text = await proceed(isCounted ? JSON.stringify(counted) : body);
      return JSON.parse(text);
    });
    const { read, write } = await meter.units({ table });
    taken = { read: taken.read + read, write: taken.write + write };
    return text;
  });
  const take = (): UnitsOf => {
    const before = taken;
    taken = { read: 0, write: 0 };
    return before;
  };
  return { ...server, take };
}

const BATCH = 25;

/** The store of a service, as whoever fills an account sees it. */
class Filler {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: Table;

  constructor(documents: DynamoDBDocumentClient, table: Table) {
    this.#documents = documents;
    this.#table = table;
  }

  async itemsOf({ accountId }: Person): Promise<Item[]> {
    const found: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await this.#documents.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': `ACCOUNT#${accountId}` },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      found.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  /** Copies one item of an account until there are so many of its kind. */
  async fill(
    person: Person,
    prefix: 'SESSION#' | 'EVENT#',
    count: number,
    copy: (item: Item, index: number) => Item,
  ) {
    const there = (await this.itemsOf(person)).filter(({ sk }) => String(sk).startsWith(prefix));
    const [first] = there;
    if (first === undefined) throw new Error(`there is no ${prefix} to copy`);
    const copies = Array.from({ length: Math.max(0, count - there.length) }, (_, index) =>
      copy(first, index + 1),
    );
    while (copies.length > 0) {
      const requests = copies.splice(0, BATCH).map((one) => ({ PutRequest: { Item: one } }));
      const RequestItems = { [this.#table.name]: requests };
      await this.#documents.send(new BatchWriteCommand({ RequestItems }));
    }
  }
}

const anotherSession = (item: Item): Item => ({
  ...item,
  sk: `SESSION#${randomUUID().replaceAll('-', '').repeat(2)}`,
});

/** Each a second before the one before. */
function earlierEvent(item: Item, index: number): Item {
  const at = new Date(Date.parse(String(item['at'])) - index * 1000).toISOString();
  return { ...item, at, sk: `EVENT#${at}#${randomUUID()}` };
}

/** Makes somebody who has so much of it. */
const MAKERS: Readonly<
  Record<keyof GrowthReport, (service: Service, filler: Filler, count: number) => Promise<Person>>
> = {
  async methods(service, _filler, count) {
    const person = await service.member();
    if (count > 1) await person.linkWeChat();
    if (count > 2) await person.linkEmail();
    return person;
  },
  async sessions(service, filler, count) {
    const person = await service.member();
    await person.linkWeChat();
    await filler.fill(person, 'SESSION#', count, anotherSession);
    return person;
  },
  async events(service, filler, count) {
    const person = await service.member();
    await person.linkWeChat();
    await filler.fill(person, 'EVENT#', count, earlierEvent);
    return person;
  },
};

interface Scene {
  readonly person: Person;
  /** Whether they have a method. */
  readonly has: (provider: string) => boolean;
  /** Lets a function run with an event, and adds up what it takes. */
  readonly metered: (name: string, event: unknown) => Promise<UnitsOf>;
  readonly request: (...asked: Parameters<Person['event']>) => Promise<UnitsOf>;
}

/** What is measured, one after the other, of the same person; undefined for what they can't do. */
const REQUESTS: Readonly<Record<keyof typeof GROWTH, (scene: Scene) => Promise<UnitsOf | undefined>>> = {
  showAccount: ({ request }) => request('GET', '/account'),
  listSessions: ({ request }) => request('GET', '/sessions'),
  showHistory: ({ request }) => request('GET', '/account/history'),
  async signIn({ person, metered }) {
    const browser = person.newBrowser();
    const { headers } = await browser.send('GET', '/sign-in/qq');
    const { found, event } = browser.event('GET', ...browser.callback('qq', String(headers?.['location'])));
    return metered(found.name, event);
  },
  async unlink({ person, has, request }) {
    if (!has('wechat')) return undefined;
    await person.checkIdentity('unlink_wechat');
    return request('DELETE', '/links/wechat');
  },
  async linkEmail({ person, has, request }) {
    if (has('email')) return undefined;
    return request('POST', '/links/email', { body: await person.beginEmail() });
  },
  endAllSessions: ({ request }) => request('DELETE', '/sessions'),
  close({ person: { accountId, who }, metered }) {
    const registered = { provider: 'qq', subject: `union-${who}`, display: who };
    const detail = { accountId, revision: 2, status: 'closed', name: who, phone: null, registered };
    return metered('changeAccount', { ...(readEvent('changeAccount') as object), detail });
  },
};

const COUNTS: Readonly<Record<keyof GrowthReport, readonly number[]>> = {
  methods: [1, 2, 3],
  sessions: [1, 10, 100, 1_000],
  events: [2, 100, 10_000],
};

async function measure(
  { contestant: service, variables }: Opened<Service>,
  bundles: Readonly<Record<string, string>>,
): Promise<GrowthReport> {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = '', AWS_ACCESS_KEY_ID: accessKeyId = '' } = variables;
  const client = localClient(endpoint, { credentials: { accessKeyId, secretAccessKey: 'local' } });
  const table = connectTable({
    tableName: variables['TABLE_NAME'] ?? '',
    connection: connectionOf(client, endpoint),
  });
  const meter = await startMeter(endpoint, table);
  const instance = new Instance(bundles, { ...variables, AWS_ENDPOINT_URL_DYNAMODB: meter.origin });
  const filler = new Filler(DynamoDBDocumentClient.from(client), table);

  const metered = async (name: string, event: unknown) => {
    meter.take();
    const { answers } = await instance.run(name, [event]);
    const status = answers[0]?.statusCode ?? 200;
    if (status >= 400) throw new Error(`${name} answered ${status} ${answers[0]?.body}`);
    return meter.take();
  };
  const grown = async (kind: keyof GrowthReport, count: number): Promise<Grown> => {
    const person = await MAKERS[kind](service, filler, count);
    const items = await filler.itemsOf(person);
    const methods = methodsIn(items);
    const scene: Scene = {
      person,
      metered,
      has: (provider) => methods.has(provider),
      request: (...asked) => {
        const { found, event } = person.event(...asked);
        return metered(found.name, event);
      },
    };
    const units: Partial<Record<keyof typeof GROWTH, UnitsOf>> = {};
    for (const [name, ask] of Object.entries(REQUESTS)) {
      const taken = await ask(scene);
      if (taken) units[name as keyof typeof GROWTH] = taken;
    }
    console.error(`${kind}: ${count}`);
    return { count, items: items.length, bytes: items.reduce((sum, item) => sum + sizeOf(item), 0), units };
  };
  const all = async (kind: keyof GrowthReport) => {
    const found: Grown[] = [];
    for (const count of COUNTS[kind]) found.push(await grown(kind, count));
    return found;
  };
  try {
    return { methods: await all('methods'), sessions: await all('sessions'), events: await all('events') };
  } finally {
    await instance.stop();
    await meter.stop();
    client.destroy();
    table.documents.destroy();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'account-linking-growth-'));
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
try {
  const bundles = await bundleService(ROOT, folder);
  const outside = await startOutside();
  stops.push(outside.stop);
  const local = await startDynamoDBLocal({ databases: 'by access key' });
  stops.push(local.stop);
  const side = serviceSide('ours', { tree: ROOT, bundles }, { outside, store: local.endpoint, folder });
  const opened = await side.open();
  stops.push(() => opened.close());
  const report = await measure(opened, bundles);
  writeFileSync(GROWN_FILE, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const stop of stops.toReversed()) await stop();
}
