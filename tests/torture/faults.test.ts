import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { enter, FLOWS, type FlowName } from '../support/fault-flows.ts';
import { attempt, halfStates } from '../support/fault-kit.ts';
import type { Flow } from '../support/fault-steps.ts';
import { type Fault, IO_FAULTS, IoPoints } from '../support/io-points.ts';
import { withoutPauses } from '../support/network.ts';
import { saying } from '../support/people.ts';
import { TableStream } from '../support/stream.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { forget } from './rounds.ts';
import { isFull, patience } from './scale.ts';

let world: World;
let io: IoPoints;
let stream: TableStream;
beforeAll(async () => {
  // One address of somebody else is asked for at every point.
  world = await createWorld({ SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' });
  io = new IoPoints(world);
  withoutPauses(world);
  stream = new TableStream(world.client, world.table.name, world.endpoint);
});
afterAll(() => stream.close());

interface Point {
  readonly fault: Fault;
  readonly at: number;
}

/** Points that a short run tries of a flow; `npm run torture` tries all. */
const SHORT = 6;

/** Goes through the flow with nothing in its way. @returns every point where a fault can strike it */
async function pointsOf(flow: Flow): Promise<Point[]> {
  const scene = await enter(world, stream, flow);
  const { result: replies, made } = await io.during(undefined, () => attempt(flow, scene));
  expect(saying(replies.at(-1) as Reply)).toBe(flow.ends);
  expect(await flow.isDone(scene)).toBe(true);
  expect(await halfStates(flow, scene)).toEqual([]);
  return IO_FAULTS.flatMap((fault) =>
    Array.from({ length: made.get(fault.channel) ?? 0 }, (_, at) => ({ fault, at })),
  );
}

/** As many of the points as a run has time for, from all over. */
function chosen(points: readonly Point[]): readonly Point[] {
  if (isFull || points.length <= SHORT) return points;
  return Array.from(
    { length: SHORT },
    (_, index) => points[Math.floor((index * points.length) / SHORT)],
  ).flatMap((point) => point ?? []);
}

async function strike(flow: Flow, point: Point): Promise<string[]> {
  const scene = await enter(world, stream, flow);
  const { result: replies, hasStruck } = await io.during(point, () => attempt(flow, scene));
  expect(hasStruck).toBe(true);
  // What the SDK's own retries get over is seen by nobody.
  if (point.fault.channel === 'a try at DynamoDB') expect(saying(replies.at(-1) as Reply)).toBe(flow.ends);
  const half = await halfStates(flow, scene);

  world.pass({ seconds: 61 });
  await attempt(flow, scene);
  expect(await flow.isDone(scene)).toBe(true);
  half.push(...(await halfStates(flow, scene)));
  forget(world);
  return half;
}

let [tried, all, half] = [0, 0, 0];

test.each(Object.keys(FLOWS) as FlowName[])(
  '%s: whichever call to the outside fails, and however, nothing is half done, and the next try gets there',
  async (name) => {
    const flow: Flow = FLOWS[name];
    const points = await pointsOf(flow);
    all += points.length;
    for (const point of chosen(points)) {
      const { fault, at } = point;
      const where = `${fault.channel} ${at} ${fault.what}`;
      const found = await strike(flow, point).catch((cause: unknown) => {
        throw new Error(`at ${where}`, { cause });
      });
      tried += 1;
      half += found.length;
      expect({ where, found }).toEqual({ where, found: [] });
    }
  },
  patience,
);

afterAll(() =>
  figure({
    row: 'fault points tried (every I/O call × before, after, timeout), half states found',
    mustBe: 'all, 0',
    value: `${tried} of ${all}, ${half}`,
  }),
);
