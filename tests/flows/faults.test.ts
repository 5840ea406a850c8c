import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enter, FLOWS } from '../support/fault-flows.ts';
import { attempt, named } from '../support/fault-kit.ts';
import type { Flow } from '../support/fault-steps.ts';
import { halfDone, inspect } from '../support/inspect.ts';
import { TableStream } from '../support/stream.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let calls: TableCalls;
let stream: TableStream;
beforeAll(async () => {
  // One address of somebody else is asked for by every case.
  world = await createWorld({ SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' });
  calls = new TableCalls(world);
  stream = new TableStream(world.client, world.table.name, world.endpoint);
});
afterAll(() => stream.close());

// That nothing is half done whichever call fails, and however, is tests/torture/faults.test.ts.
describe('a call to DynamoDB that fails', () => {
  test('where a link took effect and nobody heard of it, the session’s last flow tells the truth', async () => {
    const flow: Flow = FLOWS['link a WeChat'];
    const scene = await enter(world, stream, flow);
    const [last] = flow.steps.slice(-1);
    let isLost = false;
    await attempt({ ...flow, steps: flow.steps.slice(0, -1), ends: '200' }, scene);
    await calls.during(
      async ({ command }, proceed) => {
        const reply = await proceed();
        if (!command.startsWith('TransactWrite') || isLost) return reply;
        isLost = true;
        throw named('TimeoutError');
      },
      async () => last?.(scene),
    );
    const { json } = await scene.browser.get('/account');
    expect(json.methods[1].relation).toBe('linked');
    expect(json.lastFlow.result).toBe('linked');
  });

  test('a callback whose state can’t be looked up goes on to the console all the same', async () => {
    const browser = world.browser();
    const away = await browser.get('/sign-in/qq');
    const reply = await calls.during(
      async () => {
        throw named('InternalServerError', 500);
      },
      () => browser.answer('qq', away.headers['location'] ?? '', 'ming'),
    );
    expect(reply).toMatchObject({ status: 302, result: 'unavailable' });
  });
});

test('what is half done would be found: a claim, a method or the history gone, or a check left over', async () => {
  const flow: Flow = FLOWS['link an address'];
  const scene = await enter(world, stream, flow);
  await attempt(flow, scene);
  const whole = await inspect(world, scene.person);
  const without = <V>(map: ReadonlyMap<string, V>, gone: string) =>
    new Map([...map].filter(([key]) => key !== gone));
  const claim = `email ${scene.person.address}`;
  const open = new Map([...whole.checks, ['link_email', { verifiedUntil: 1 }] as const]);
  for (const half of [
    { ...whole, claims: without(whole.claims, claim) },
    { ...whole, methods: without(whole.methods, 'email') },
    { ...whole, events: [] },
    { ...whole, checks: open },
  ])
    expect(halfDone(half, flow.links)).not.toEqual([]);
  expect(halfDone(whole, flow.links)).toEqual([]);
});
