import { randomUUID } from 'node:crypto';
import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { localClient } from '../../local/dynamodb.ts';
import { isForOwner, isSignInRequest } from '../../tests/support/stream.ts';
import { sizeOf } from '../../tests/support/units.ts';
import type { Person, Service } from './people.ts';
import type { StoredReport } from './report.ts';
import type { Opened, Side } from './sides.ts';

/** What each flow leaves in the table. */

type StoredItem = Record<string, AttributeValue>;
type Items = ReadonlyMap<string, StoredItem>;

/** A day after the flow, most of what it wrote is over: what still stays is the account's, or its history. */
const LASTING_SECONDS = 86_400;

/** The store of a service, looked at from outside. */
class Store {
  readonly #client;
  readonly #tableName;
  readonly #service;

  constructor({ variables, contestant }: Opened<Service>) {
    const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = '', AWS_ACCESS_KEY_ID: accessKeyId = '' } = variables;
    this.#client = localClient(endpoint, { credentials: { accessKeyId, secretAccessKey: 'local' } });
    this.#tableName = variables['TABLE_NAME'];
    this.#service = contestant;
  }

  async items(): Promise<Items> {
    const found = new Map<string, StoredItem>();
    const pages = paginateScan(
      { client: this.#client },
      { TableName: this.#tableName, ConsistentRead: true },
    );
    for await (const { Items: items = [] } of pages)
      for (const item of items) found.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
    return found;
  }

  /** Lets the functions on the stream see what is there now, and was not before. */
  async deliver(before: Items): Promise<void> {
    const added = [...(await this.items())].filter(([key]) => !before.has(key));
    const records = added.map(([, { pk, sk, ...rest } = {}]): DynamoDBRecord => {
      const NewImage = { pk, sk, ...rest } as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];
      const Keys = { pk, sk } as NonNullable<typeof NewImage>;
      const dynamodb = { Keys, NewImage, SequenceNumber: '1' } as DynamoDBRecord['dynamodb'];
      return { eventID: randomUUID(), eventName: 'INSERT', ...(dynamodb && { dynamodb }) };
    });
    for (const [name, isMeant] of [
      ['mailSignInCode', isSignInRequest],
      ['notifyOwner', isForOwner],
    ] as const)
      for (const record of records.filter(isMeant)) await this.#service.invoke(name, { Records: [record] });
  }

  close(): void {
    this.#client.destroy();
  }
}

interface Scene {
  readonly person: Person;
  readonly service: Service;
  /** Lets what was written be seen by the functions on the stream. */
  readonly deliver: () => Promise<void>;
}

/** The flows, by their names in bench/scale/usage.ts. */
const STORED_FLOWS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'signs in by email': async ({ person, service, deliver }) => {
    const { address: email } = person;
    const browser = person.newBrowser();
    const { body = '{}' } = await browser.send('POST', '/sign-in/email/send', { body: { email } });
    await deliver();
    const { challengeId } = JSON.parse(body);
    const code = service.outside.codeFor(email);
    await browser.send('POST', '/sign-in/email', { body: { challengeId, code } });
  },
  'signs in with WeChat or QQ': async ({ person }) => person.newBrowser().signInByQQ(),
  'links an email': async ({ person }) => person.linkEmail(),
  'links WeChat': async ({ person }) => person.linkWeChat(),
  unlinks: async ({ person }) => {
    await person.checkIdentity('unlink_wechat');
    await person.send('DELETE', '/links/wechat');
  },
};

/** What has to be true of somebody before. */
const PREPARATIONS: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  'signs in by email': (person) => person.linkEmail(),
  unlinks: (person) => person.linkWeChat(),
};

const isLasting = ({ expiresAt }: StoredItem, now: number): boolean =>
  expiresAt?.N === undefined || Number(expiresAt.N) > now + LASTING_SECONDS;

function reckon(items: Items, now: number): StoredReport {
  const all = [...items.values()];
  const lasting = all.filter((item) => isLasting(item, now));
  const bytes = (some: readonly StoredItem[]) =>
    some.reduce((sum, item) => sum + sizeOf(unmarshall(item)), 0);
  return {
    items: all.length,
    bytes: bytes(all),
    lastingItems: lasting.length,
    lastingBytes: bytes(lasting),
  };
}

/** Lets each flow happen once, with its notices, and compares what is in the table before and after. */
export async function measureStored(side: Side<Service>): Promise<Record<string, StoredReport>> {
  const opened = await side.open();
  const { contestant: service } = opened;
  const store = new Store(opened);
  const found: Record<string, StoredReport> = {};
  for (const [name, run] of Object.entries(STORED_FLOWS)) {
    const person = await service.member();
    await PREPARATIONS[name]?.(person);
    const before = await store.items();
    await run({ person, service, deliver: () => store.deliver(before) });
    await store.deliver(before);
    const now = Date.now() / 1000;
    const [old, after] = [reckon(before, now), reckon(await store.items(), now)];
    found[name] = {
      items: after.items - old.items,
      bytes: after.bytes - old.bytes,
      lastingItems: after.lastingItems - old.lastingItems,
      lastingBytes: after.lastingBytes - old.lastingBytes,
    };
  }
  store.close();
  await opened.close();
  return found;
}
