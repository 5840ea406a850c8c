import { isDeepStrictEqual } from 'node:util';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../lib/table/client.ts';
import { Browser } from './browser.ts';
import { saying } from './people.ts';
import type { TableCalls } from './table-calls.ts';
import type { World } from './world.ts';

type Replying = Parameters<typeof saying>[0];

/** What two requests are sent into, made once, and as it was then for each order of them. */
export interface Scene<Cast> {
  /** Browsers, plain objects and what doesn't change. */
  readonly make: () => Promise<Cast>;
  readonly actions: Readonly<Record<string, (cast: Cast) => Promise<Replying>>>;
  /** All that can be seen of it afterwards, without ids and times. */
  readonly outcome: (cast: Cast) => Promise<unknown>;
}

/** What two requests came to: their answers, and all that can be seen afterwards. */
export interface Outcome {
  readonly answers: readonly string[];
  readonly outcome: unknown;
}

/** More calls than any request makes. */
const CALLS_MAX = 20;

/** The most requests of a `BatchWriteItem`. */
const BATCH = 25;

/** With browsers that hold what these hold now. */
function copyOf<Value>(value: Value): Value {
  if (value instanceof Browser) return value.copy() as Value;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)])) as Value;
}

/** A moment that a world can go back to: what was stored, sent and in browsers by then. Its clock stands still. */
class Moment<Cast> {
  private readonly world: World;
  private readonly cast: Cast;
  private readonly items: ReadonlyMap<string, Item>;
  private readonly sent: number;

  private constructor(world: World, cast: Cast, items: ReadonlyMap<string, Item>) {
    this.world = world;
    this.cast = copyOf(cast);
    this.items = items;
    this.sent = world.outbox.sent.length;
  }

  static async now<Cast>(world: World, cast: Cast): Promise<Moment<Cast>> {
    return new Moment(world, cast, await world.items());
  }

  async again(): Promise<Cast> {
    const { table, documents, outbox } = this.world;
    const now = await this.world.items();
    const gone = [...now].filter(([key]) => !this.items.has(key));
    const changed = [...this.items].filter(([key, item]) => !isDeepStrictEqual(now.get(key), item));
    const writes = [
      ...gone.map(([, { pk, sk }]) => ({ DeleteRequest: { Key: { pk, sk } } })),
      ...changed.map(([, item]) => ({ PutRequest: { Item: item } })),
    ];
    for (let at = 0; at < writes.length; at += BATCH) {
      const RequestItems = { [table.name]: writes.slice(at, at + BATCH) };
      await documents.send(new BatchWriteCommand({ RequestItems }));
    }
    // The newest first.
    outbox.sent.splice(0, outbox.sent.length - this.sent);
    return copyOf(this.cast);
  }
}

/**
 * Runs one request whole between any two calls to DynamoDB of another. Serializable means that each time the outcome, answers
 * included, is one that the two come to one after the other.
 */
export class SerialOrders<Cast> {
  private readonly world: World;
  private readonly calls: TableCalls;
  private readonly scene: Scene<Cast>;
  private moment: Promise<Moment<Cast>> | undefined;
  private readonly known = new Map<string, Promise<Outcome>>();

  constructor(world: World, calls: TableCalls, scene: Scene<Cast>) {
    this.world = world;
    this.calls = calls;
    this.scene = scene;
  }

  /** What came of every way to run `inner` in the middle of `outer`, and what may. */
  async explore(outer: string, inner: string): Promise<{ found: Outcome[]; allowed: Outcome[] }> {
    const allowed = [await this.inOrder(outer, inner), await this.inOrder(inner, outer)];
    const found: Outcome[] = [];
    for (let at = 1; at < CALLS_MAX; at += 1) {
      const outcome = await this.inTheMiddle(outer, inner, at);
      if (outcome === undefined) break;
      found.push(outcome);
    }
    return { found, allowed };
  }

  private async begin(): Promise<Cast> {
    this.moment ??= this.scene.make().then((cast) => Moment.now(this.world, cast));
    return (await this.moment).again();
  }

  private inOrder(first: string, second: string): Promise<Outcome> {
    const key = `${first}, then ${second}`;
    const known = this.known.get(key) ?? this.runInOrder(first, second);
    this.known.set(key, known);
    return known;
  }

  private async runInOrder(first: string, second: string): Promise<Outcome> {
    const cast = await this.begin();
    const answers = [await this.run(first, cast), await this.run(second, cast)];
    return this.describe(cast, [`${first}: ${answers[0]}`, `${second}: ${answers[1]}`]);
  }

  /** @returns undefined where `outer` makes fewer calls than `at` */
  private async inTheMiddle(outer: string, inner: string, at: number): Promise<Outcome | undefined> {
    const cast = await this.begin();
    let index = 0;
    let within: Promise<string> | undefined;
    const answer = await this.calls.during(
      async (_call, proceed) => {
        if (within === undefined && index++ === at) {
          within = this.run(inner, cast);
          await within;
        }
        return proceed();
      },
      () => this.run(outer, cast),
    );
    if (within === undefined) return undefined;
    return this.describe(cast, [`${outer}: ${answer}`, `${inner}: ${await within}`]);
  }

  private async run(name: string, cast: Cast): Promise<string> {
    const action = this.scene.actions[name];
    if (action === undefined) throw new Error(`no action ${name}`);
    return saying(await action(cast));
  }

  private async describe(cast: Cast, answers: string[]): Promise<Outcome> {
    return { answers: answers.toSorted(), outcome: await this.scene.outcome(cast) };
  }
}
