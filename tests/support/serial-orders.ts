import { saying } from './people.ts';
import type { TableCalls } from './table-calls.ts';

type Replying = Parameters<typeof saying>[0];

/** What two requests are sent into, made anew for each order of them. */
export interface Scene<Cast> {
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

/**
 * Runs one request whole between any two calls to DynamoDB of another. Serializable means that each time the outcome, answers
 * included, is one that the two come to one after the other.
 */
export class SerialOrders<Cast> {
  private readonly calls: TableCalls;
  private readonly scene: Scene<Cast>;
  private readonly known = new Map<string, Promise<Outcome>>();

  constructor(calls: TableCalls, scene: Scene<Cast>) {
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

  private inOrder(first: string, second: string): Promise<Outcome> {
    const key = `${first}, then ${second}`;
    const known = this.known.get(key) ?? this.runInOrder(first, second);
    this.known.set(key, known);
    return known;
  }

  private async runInOrder(first: string, second: string): Promise<Outcome> {
    const cast = await this.scene.make();
    const answers = [await this.run(first, cast), await this.run(second, cast)];
    return this.describe(cast, [`${first}: ${answers[0]}`, `${second}: ${answers[1]}`]);
  }

  /** @returns undefined where `outer` makes fewer calls than `at` */
  private async inTheMiddle(outer: string, inner: string, at: number): Promise<Outcome | undefined> {
    const cast = await this.scene.make();
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
