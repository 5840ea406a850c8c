import { AsyncLocalStorage } from 'node:async_hooks';
import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { HttpResult } from '../../../lib/http/answer.ts';
import type { AccountId } from '../../../lib/linking/account.ts';
import { undoToken } from '../../../lib/linking/notice.ts';
import { type Randomness, systemRandomness } from '../../../lib/linking/secrets.ts';
import type { Observer } from '../../../lib/observe.ts';
import type { Item, Table } from '../../../lib/table/client.ts';
import type { DocumentClient } from '../../../lib/table/documents.ts';
import { Outbox, PeopleProvider, type Profile, type SendingFate, type SentMessage } from '../doubles.ts';
import {
  findFunction,
  HTTP_FUNCTIONS,
  loadBusFunction,
  loadRoute,
  loadStreamFunction,
  makeEvent,
  type RequestOptions,
  readEvent,
} from '../functions.ts';
import { bounce } from '../mail-events.ts';
import { Network, type OnTheWire } from '../network.ts';
import { testSettings } from '../settings.ts';
import type { AllDependencies, World } from '../world.ts';
import type { MailBack } from './mail.ts';
import type { Channel, Destination } from './state.ts';

/** What stands around one request: the SDK's own tries, and the calls as the service makes them. */
export interface Surroundings {
  readonly onTheWire?: OnTheWire;
  readonly aroundCall?: (proceed: () => Promise<unknown>) => Promise<unknown>;
}

type Settings = Parameters<typeof testSettings>[0];

/** What a request did, besides its answer. */
export interface Done<Result> {
  readonly result: Result;
  /** The codes that went out. */
  readonly codes: readonly string[];
  /** The sign-ins it asked for, as the table's stream has them. */
  readonly signIns: readonly Item[];
  /** What the owner is to be told of. */
  readonly notices: readonly Item[];
  /** All that went out. */
  readonly sent: readonly SentMessage[];
}

/** Everything of one table that many sequences share. */
export class Shared {
  readonly world: World;
  readonly routes = new Map<string, Awaited<ReturnType<typeof loadRoute>>>();
  readonly wire = new AsyncLocalStorage<OnTheWire | undefined>();

  private constructor(world: World) {
    this.world = world;
    new Network(world).onTheWire = (call, proceed) => {
      const around = this.wire.getStore();
      return around === undefined ? proceed() : around(call, proceed);
    };
  }

  static async of(world: World): Promise<Shared> {
    const shared = new Shared(world);
    // Records are made of what was written: a stream that nobody reads takes DynamoDB Local half its time.
    await world.client.send(
      new UpdateTableCommand({
        TableName: world.table.name,
        StreamSpecification: { StreamEnabled: false },
      }),
    );
    for (const found of HTTP_FUNCTIONS) shared.routes.set(found.name, await loadRoute(found));
    return shared;
  }
}

const isSignIn = (item: Item | undefined): item is Item =>
  String(item?.['pk']).startsWith('SIGNIN#') && String(item?.['sk']).startsWith('CHALLENGE#');

const isNotice = (item: Item | undefined): item is Item => String(item?.['sk']).startsWith('NOTICE#');

/** Nobody reads what thousands of sequences log. */
const QUIET: Observer = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  count: () => undefined,
  measure: () => undefined,
};

/** Six digits that nobody is ever sent. */
export const WRONG_CODE = '999999';

/** The service as one sequence meets it: with a clock, settings, people and messages of its own. */
export class Service {
  readonly people: Record<'wechat' | 'qq', PeopleProvider>;
  nowSeconds: number;
  private readonly shared: Shared;
  private readonly dependencies: AllDependencies;
  private readonly hasLinks: boolean;
  private codes = 0;

  constructor(
    shared: Shared,
    settings: Settings,
    people: Record<'wechat' | 'qq', Map<string, Profile>>,
    hasLinks: boolean,
  ) {
    const { dependencies, settings: common, nowSeconds } = shared.world;
    this.shared = shared;
    this.hasLinks = hasLinks;
    this.nowSeconds = nowSeconds;
    const providers = {
      wechat: new PeopleProvider('wechat', common.WECHAT_APP_ID),
      qq: new PeopleProvider('qq', common.QQ_APP_ID),
    };
    for (const provider of ['wechat', 'qq'] as const)
      for (const [who, person] of people[provider]) providers[provider].people.set(who, person);
    this.people = providers;
    this.dependencies = {
      ...dependencies,
      settings: { ...testSettings(settings), TABLE_NAME: common.TABLE_NAME },
      clock: () => this.nowSeconds * 1000,
      random: this.random,
      observer: QUIET,
      providers: { ...dependencies.providers, ...providers },
    };
  }

  /** No code comes twice, so that a guess is right at one code only. */
  private readonly random: Randomness = {
    bytes: systemRandomness.bytes,
    int: (below) => {
      if (below !== 1_000_000) return systemRandomness.int(below);
      this.codes += 1;
      return (this.codes * 7919) % 999_983;
    },
  };

  /** What the link in a message of that channel holds. */
  undoToken({ accountId, noticeId }: Item, by: Channel): string {
    const ref = { accountId: accountId as AccountId, noticeId: String(noticeId) };
    return undoToken(this.dependencies.keys, ref, by);
  }

  request(
    method: string,
    path: string,
    options: RequestOptions,
    fate: SendingFate,
    surroundings: Surroundings = {},
  ): Promise<Done<HttpResult>> {
    const { found } = findFunction(method, path);
    const route = this.shared.routes.get(found.name);
    if (route === undefined) throw new Error(`no route ${found.name}`);
    const { event } = makeEvent(method, path, options);
    return this.run(fate, surroundings, (dependencies) => route(dependencies)(event));
  }

  /** Hands a record to the function that mails sign-in codes. @returns how many it failed */
  deliver(item: Item, fate: SendingFate, surroundings: Surroundings = {}): Promise<Done<number>> {
    const NewImage = marshall(item, { removeUndefinedValues: true });
    const Records = [{ dynamodb: { SequenceNumber: '1', NewImage } }];
    return this.run(fate, surroundings, async (dependencies) => {
      const handler = (await loadStreamFunction('mailSignInCode'))(dependencies);
      const { batchItemFailures } = await handler({ Records } as Parameters<typeof handler>[0]);
      return batchItemFailures.length;
    });
  }

  /** Hands the function on the event bus what the company says. @returns what owners are to be told of */
  companySays(detail: object): Promise<readonly Item[]> {
    return this.busEvent('changeAccount', detail);
  }

  /** Hands the function that takes SES's events one about a mail. @returns what owners are to be told of */
  mailComesBack({ address, age }: MailBack): Promise<readonly Item[]> {
    return this.busEvent('takeMailEvent', bounce(address, { sentAt: this.nowSeconds - age }));
  }

  private async busEvent(name: string, detail: object): Promise<readonly Item[]> {
    const { notices } = await this.run('accepted', {}, async (dependencies) => {
      const handler = (await loadBusFunction(name))(dependencies);
      const event = { ...(readEvent(name) as Parameters<typeof handler>[0]), detail };
      // What can't be applied is parked.
      await handler(event).catch(() => undefined);
    });
    return notices;
  }

  /** A request of the support desk, which may be refused. @returns what owners are to be told of */
  async helpOut([method, path, query]: readonly [string, string, string]): Promise<readonly Item[]> {
    const { notices } = await this.request(method, path, { query }, 'accepted');
    return notices;
  }

  /** Hands a record to the function that tells owners. @returns what went out */
  async notify(item: Item): Promise<readonly (Destination & { readonly undoCode?: string })[]> {
    const NewImage = marshall(item, { removeUndefinedValues: true });
    const Records = [{ dynamodb: { SequenceNumber: '1', NewImage } }];
    const { sent } = await this.run('accepted', {}, async (dependencies) => {
      const handler = (await loadStreamFunction('notifyOwner'))(dependencies);
      await handler({ Records } as Parameters<typeof handler>[0]);
    });
    return sent.map(({ channel, to, text, sms }) => {
      const hasLink = text.includes('/not-me#');
      if (channel === 'email') return { by: 'mail', to, hasLink };
      const undo = sms?.kind === 'notice' ? sms.undo : undefined;
      const isCode = undo !== undefined && 'code' in undo;
      return { by: 'sms', to, hasLink: hasLink || isCode, ...(isCode && { undoCode: undo.code }) };
    });
  }

  private async run<Result>(
    fate: SendingFate,
    { onTheWire, aroundCall = (proceed) => proceed() }: Surroundings,
    action: (dependencies: AllDependencies) => Promise<Result>,
  ): Promise<Done<Result>> {
    const outbox = new Outbox(this.dependencies.settings);
    outbox.hasLinks = this.hasLinks;
    outbox.fates.push(fate);
    const signIns: Item[] = [];
    const notices: Item[] = [];
    const { table } = this.shared.world;
    const documents = {
      send: (operation: 'TransactWriteItems', input: TransactWriteCommandInput) =>
        aroundCall(async () => {
          const reply: unknown = await table.documents.send(operation, input);
          for (const { Put: put } of input.TransactItems ?? [])
            if (isSignIn(put?.Item)) signIns.push(put.Item);
            else if (isNotice(put?.Item)) notices.push(put.Item);
          return reply;
        }),
    };
    const watched: Table = { ...table, documents: documents as unknown as DocumentClient };
    const dependencies = { ...this.dependencies, table: watched, sms: outbox, mail: outbox };
    const result = await this.shared.wire.run(onTheWire, () => action(dependencies));
    const { sent } = outbox;
    return { result, codes: sent.map(({ code }) => code), signIns, notices, sent };
  }
}
