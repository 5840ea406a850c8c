import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, jest } from '@jest/globals';
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  SQSRecord,
} from 'aws-lambda';
import type { Settings } from '../../lib/config.ts';
import type {
  Core,
  WithBus,
  WithKeys,
  WithMail,
  WithNoticeQueue,
  WithPhoneKeys,
  WithProviders,
  WithSms,
} from '../../lib/dependencies.ts';
import { applyAccount } from '../../lib/flows/apply-account.ts';
import type { HttpResult } from '../../lib/http/answer.ts';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import { OAUTH_PROVIDERS, type OAuthProviderName } from '../../lib/linking/identity.ts';
import { deriveKeys, derivePhoneKeys, systemRandomness } from '../../lib/linking/secrets.ts';
import type { CountedBy, Observer } from '../../lib/observe.ts';
import { connectTable, type Item, type Table } from '../../lib/table/client.ts';
import { connectionOf, createTable, localClient } from '../../local/dynamodb.ts';
import { Browser } from './browser.ts';
import { breachesIn } from './contract.ts';
import {
  Outbox,
  PeopleProvider,
  profileOf,
  RecordingBus,
  VISIBILITY_SECONDS,
  WaitingRoom,
} from './doubles.ts';
import {
  type HttpFunction,
  loadBusFunction,
  loadQueueFunction,
  loadRoute,
  loadStreamFunction,
  makeEvent,
  type RequestOptions,
  readEvent,
} from './functions.ts';
import { kept } from './kept.ts';
import { loggedSecrets } from './log-secrets.ts';
import { TEST_ENVIRONMENT, testSettings } from './settings.ts';
import { isForOwner, isSignInRequest, TableStream } from './stream.ts';

export type AllDependencies = Core &
  WithKeys &
  WithPhoneKeys &
  WithMail &
  WithSms &
  WithBus &
  WithNoticeQueue &
  WithProviders;

/** A log that keeps its lines. */
export class RecordingObserver implements Observer {
  readonly lines: { level: string; message: string; fields: unknown }[] = [];
  readonly counted: string[] = [];
  /** With what they are told apart by, of those that are. */
  readonly countedBy: { metric: string; by: CountedBy }[] = [];
  info = (message: string, fields?: unknown) => void this.lines.push({ level: 'info', message, fields });
  warn = (message: string, fields?: unknown) => void this.lines.push({ level: 'warn', message, fields });
  error = (message: string, fields?: unknown) => void this.lines.push({ level: 'error', message, fields });
  readonly measured: [metric: string, milliseconds: number][] = [];
  measure = (metric: string, milliseconds: number) => void this.measured.push([metric, milliseconds]);
  count = (metric: string, by?: CountedBy) => {
    this.counted.push(metric);
    if (by) this.countedBy.push({ metric, by });
  };
}

/** A message as Lambda's event source for SQS makes it. */
function sqsRecord(body: string, messageId: string): SQSRecord {
  return {
    messageId,
    receiptHandle: 'a-receipt',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'a-sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: 'a-digest',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:ap-southeast-1:123456789012:deferred-notices',
    awsRegion: 'ap-southeast-1',
  };
}

/** 2026-11-24T10:00:00Z */
const START_MILLISECONDS = Date.UTC(2026, 10, 24, 10);

/** The service on a table of its own in DynamoDB Local, with a clock that stands still until it is moved. */
export class World {
  readonly table: Table;
  /** Of the SDK: what a test itself asks of the table, or changes there behind the service's back. */
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly settings: Settings;
  readonly endpoint: string;
  readonly outbox: Outbox;
  readonly bus = new RecordingBus();
  readonly queue = new WaitingRoom(() => this.nowSeconds);
  readonly observer = new RecordingObserver();
  readonly providers: Record<OAuthProviderName, PeopleProvider>;
  readonly dependencies: AllDependencies;
  /** Which function was asked, and what it answered, newest last. */
  readonly exchanges: { readonly route: HttpFunction; readonly result: HttpResult }[] = [];
  private nowMilliseconds = START_MILLISECONDS;
  private readonly signIns: TableStream;
  private readonly notifications: TableStream;

  constructor(client: DynamoDBClient, tableName: string, settings: Settings, endpoint: string) {
    this.client = client;
    this.endpoint = endpoint;
    this.settings = { ...settings, TABLE_NAME: tableName };
    this.outbox = new Outbox(settings);
    this.documents = DynamoDBDocumentClient.from(client);
    this.table = connectTable({ tableName, connection: connectionOf(client, endpoint) });
    this.signIns = new TableStream(client, tableName, endpoint);
    this.notifications = new TableStream(client, tableName, endpoint);
    const appIds: Partial<Record<OAuthProviderName, string>> = {
      wechat: TEST_ENVIRONMENT.WECHAT_APP_ID,
      qq: TEST_ENVIRONMENT.QQ_APP_ID,
    };
    this.providers = Object.fromEntries(
      OAUTH_PROVIDERS.map((name) => [
        name,
        new PeopleProvider(
          name,
          appIds[name] ?? `app-at-${name}`,
          name === 'wechat' ? settings.WECHAT_MP_APP_ID : '',
        ),
      ]),
    ) as Record<OAuthProviderName, PeopleProvider>;
    this.dependencies = {
      settings: this.settings,
      table: this.table,
      clock: () => this.nowMilliseconds,
      random: systemRandomness,
      observer: this.observer,
      keys: deriveKeys(TEST_ENVIRONMENT.CODE_HMAC_KEY),
      phoneKeys: derivePhoneKeys(TEST_ENVIRONMENT.PHONE_INDEX_KEY),
      sms: this.outbox,
      mail: this.outbox,
      bus: this.bus,
      noticeQueue: this.queue,
      providers: this.providers,
    };
  }

  /** What every function answered, newest last. */
  get answers(): HttpResult[] {
    return this.exchanges.map(({ result }) => result);
  }

  get nowSeconds(): number {
    return Math.floor(this.nowMilliseconds / 1000);
  }

  /** Moves the clock on. */
  pass({ seconds }: { seconds: number }): void {
    this.nowMilliseconds += seconds * 1000;
  }

  browser(options: { ip?: string } = {}): Browser {
    return new Browser(this, options.ip);
  }

  /** Sends a request through the function that serverless.yml has for it. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<HttpResult> {
    const { found, event } = makeEvent(method, path, options);
    const result = await (await loadRoute(found))(this.dependencies)(event);
    this.exchanges.push({ route: found, result });
    return result;
  }

  /** Lets the function on the table's stream see what was written since the last time. @returns how many records it failed */
  async deliverStream({ twice = false } = {}): Promise<number> {
    return this.deliver('mailSignInCode', (await this.signIns.read()).filter(isSignInRequest), twice);
  }

  /** Lets the function that notifies owners see what was written since the last time. @returns how many records it failed */
  async notifyOwners({ twice = false } = {}): Promise<number> {
    return this.deliver('notifyOwner', await this.recordsForOwners(), twice);
  }

  /** What was written since the last time that the function that notifies owners is to see. */
  async recordsForOwners(): Promise<DynamoDBRecord[]> {
    return (await this.notifications.read()).filter(isForOwner);
  }

  private async deliver(name: string, records: DynamoDBRecord[], twice: boolean): Promise<number> {
    let failed = 0;
    for (let times = twice ? 2 : 1; times > 0; times -= 1)
      failed += (await this.handOver(name, records)).batchItemFailures.length;
    return failed;
  }

  /**
   * Lets the function on the queue of deferred notices see what is due; what it fails comes back later.
   *
   * @returns how many messages it failed
   */
  async retryNotices({ twice = false } = {}): Promise<number> {
    const due = this.queue.takeDue();
    const messages = due.map((body, index) => sqsRecord(body, String(index)));
    const handler = (await loadQueueFunction('retryNotices'))(this.dependencies);
    let failed = 0;
    for (let times = twice ? 2 : 1; times > 0 && due.length > 0; times -= 1) {
      const { batchItemFailures } = await handler({ Records: messages });
      failed += batchItemFailures.length;
      for (const { itemIdentifier } of batchItemFailures)
        this.queue.add(due[Number(itemIdentifier)] ?? '', VISIBILITY_SECONDS);
    }
    return failed;
  }

  /**
   * Lets the function on the event bus see what the company says of an account. What it fails is parked: nobody tries it again here.
   *
   * @returns what became of the event
   */
  accountChanged(detail: object): Promise<'taken' | 'parked'> {
    return this.busEvent('changeAccount', detail);
  }

  /** Gives a function on an event bus an event with this detail, as `accountChanged` does. */
  async busEvent(name: string, detail: object): Promise<'taken' | 'parked'> {
    const handler = (await loadBusFunction(name))(this.dependencies);
    const event = { ...(readEvent(name) as EventBridgeEvent<string, unknown>), detail };
    try {
      await handler(event);
      return 'taken';
    } catch (error) {
      // All that the runtime logs of it.
      if (JSON.stringify(error) !== '{"name":"EventFailed"}') throw error;
      return 'parked';
    }
  }

  /** Hands records to a function on the table's stream. */
  async handOver(name: string, Records: readonly unknown[]): Promise<DynamoDBBatchResponse> {
    const handler = (await loadStreamFunction(name))(this.dependencies);
    return handler({ Records } as DynamoDBStreamEvent);
  }

  async importAccounts(...records: readonly object[]): Promise<void> {
    for (const json of records) {
      const parsed = parseAccountRecord(json);
      if ('rejected' in parsed) throw new Error(parsed.rejected);
      const outcome = await applyAccount(this.dependencies, parsed.record);
      if (outcome !== 'added') throw new Error(JSON.stringify(outcome));
    }
  }

  /** The items there are at these keys. */
  async itemsAt(Keys: { readonly pk: string; readonly sk: string }[]): Promise<Item[]> {
    const { name } = this.table;
    const RequestItems = { [name]: { Keys, ConsistentRead: true } };
    return (await this.documents.send(new BatchGetCommand({ RequestItems }))).Responses?.[name] ?? [];
  }

  /** Every item of the table, by its key. */
  async items(): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await this.documents.send(
        new ScanCommand({
          TableName: this.table.name,
          ConsistentRead: true,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      for (const item of page.Items ?? []) found.set(`${item['pk']}/${item['sk']}`, item);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  close(): void {
    this.signIns.close();
    this.notifications.close();
    this.client.destroy();
    this.table.documents.destroy();
  }
}

const TABLE_NAME = 'test';

/** A world of its own for a test, with the demo people and accounts. */
export async function createWorld(settings: Parameters<typeof testSettings>[0] = {}): Promise<World> {
  const { endpoint } = await kept('store');
  // A database of its own: a write looks through all that was ever written to a database, other tables' included.
  const accessKeyId = randomUUID().replaceAll('-', '');
  const client = localClient(endpoint, { credentials: { accessKeyId, secretAccessKey: 'local' } });
  await createTable(client, TABLE_NAME, { expiring: false });
  const world = new World(client, TABLE_NAME, testSettings(settings), endpoint);
  populate(world);
  await world.importAccounts(...ACCOUNTS);
  open.push(world);
  return world;
}

const open: World[] = [];
jest.setTimeout(120_000);
// Whatever a test is about, what it logs is looked through as well.
afterAll(() => expect(open.flatMap(loggedSecrets)).toEqual([]));
// And every answer is held against the contract.
afterAll(() => expect(open.flatMap(breachesIn)).toEqual([]));
afterAll(() => {
  for (const world of open) world.close();
});

const wechat = (name: string) => ({ provider: 'wechat', subject: `union-${name}`, display: `微信${name}` });
const qq = (name: string) => ({ provider: 'qq', subject: `union-${name}`, display: `QQ${name}` });
const email = (subject: string) => ({ provider: 'email', subject, display: subject });
const phone = (digit: number) => `+861380013800${digit}`;

/** The accounts of the local world (README.md), in short. */
const ACCOUNTS = [
  { accountId: '100000001', name: '小明', phone: phone(1), registered: { ...qq('ming'), display: 'QQ小明' } },
  {
    accountId: '200000001',
    name: '小子',
    phone: null,
    registered: email('sub@example.com'),
    links: [wechat('xiaozi')],
    parentId: '100000001',
  },
  { accountId: '100000002', name: '小红', phone: phone(2), registered: email('registered@example.com') },
  { accountId: '100000003', name: '小华', phone: phone(3), registered: wechat('hua') },
  { accountId: '100000004', name: '小刚', phone: null, registered: email('nophone@example.com') },
  {
    accountId: '100000005',
    name: '小月',
    phone: phone(5),
    registered: email('linked@example.com'),
    links: [wechat('yue')],
  },
];

function populate({ providers }: World): void {
  for (const name of ['xiaozi', 'hua', 'yue', 'lin', 'mei', 'qiang', 'wu'])
    providers.wechat.people.set(name, profileOf(name, `微信${name}`, { unionid: name !== 'wu' }));
  for (const name of ['ming', 'fang']) providers.qq.people.set(name, profileOf(name, `QQ${name}`));
}
