import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ProviderError } from '../../lib/providers/provider.ts';
import type { Reply } from '../support/browser.ts';
import { enter, FLOWS, type FlowName } from '../support/fault-flows.ts';
import { attempt, FAULTS, failingAt, halfStates } from '../support/fault-kit.ts';
import type { Flow } from '../support/fault-steps.ts';
import { inspect } from '../support/inspect.ts';
import { saying } from '../support/people.ts';
import { isSignInRequest, TableStream } from '../support/stream.ts';
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

const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

describe('a message that fails', () => {
  const sending = FLOW_NAMES.filter(
    (name) => !/^sign in by|^sign out|^look|^say|^restore|^clear|^tell/.test(name),
  );

  test.each(sending)('%s: what was refused costs nothing, and may be sent again at once', async (name) => {
    const flow: Flow = FLOWS[name];
    const messages = /^(link|replace) an address/.test(name) ? 2 : 1;
    for (let refused = 0; refused < messages; refused += 1) {
      const scene = await enter(world, stream, flow);
      const sentBefore = world.outbox.sent.length;
      world.outbox.fates.push(...Array(refused).fill('accepted'), 'refused');
      const replies = await attempt(flow, scene);
      expect(replies.at(-1)).toMatchObject({ status: 502, json: { code: 'delivery_failed' } });
      expect(world.outbox.sent).toHaveLength(sentBefore + refused);
      expect((await inspect(world, scene.person)).smsCounted).toBe(refused);
      expect(await halfStates(flow, scene)).toEqual([]);
      // The step itself again, not those before it, and no waiting.
      const rest = { ...flow, steps: flow.steps.slice(replies.length - 1) };
      expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
      expect(world.outbox.sent).toHaveLength(sentBefore + messages);
      expect((await inspect(world, scene.person)).smsCounted).toBe(1);
      expect(await flow.isDone(scene)).toBe(true);
    }
  });

  test.each(sending)(
    '%s: if it is not known whether it went out, the code is valid and the quota spent',
    async (name) => {
      const flow: Flow = FLOWS[name];
      const scene = await enter(world, stream, flow);
      world.outbox.fates.push('lost');
      const replies = await attempt(flow, scene);
      expect(replies.map(saying)).toEqual(['delivery_failed']);
      expect((await inspect(world, scene.person)).smsCounted).toBe(1);
      const rest = { ...flow, steps: flow.steps.slice(1) };
      expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
    },
  );

  test.each(sending)('%s: what never went out holds up nobody for longer than the interval', async (name) => {
    const flow: Flow = FLOWS[name];
    const scene = await enter(world, stream, flow);
    world.outbox.fates.push('never sent');
    expect((await attempt(flow, scene)).map(saying)).toEqual(['delivery_failed']);
    expect((await attempt(flow, scene)).map(saying)).toEqual(['too_soon']);
    world.pass({ seconds: 60 });
    expect(saying((await attempt(flow, scene)).at(-1) as Reply)).toBe(flow.ends);
  });

  test.each(Object.keys(FAULTS))(
    'a refusal whose taking back meets a call that %s is told as a refusal',
    async (fault) => {
      const flow: Flow = FLOWS['link a WeChat'];
      const takingBack = 4;
      for (let failing = 2; failing < 2 + takingBack; failing += 1) {
        const scene = await enter(world, stream, flow);
        world.outbox.fates.push('refused');
        const { around, made } = failingAt(failing, FAULTS[fault]);
        const replies = await calls.during(around, () => attempt(flow, scene));
        expect(made()).toBeGreaterThan(failing);
        expect(replies.map(saying)).toEqual(['delivery_failed']);
        expect(await halfStates(flow, scene)).toEqual([]);
        world.pass({ seconds: 61 });
        expect(saying((await attempt(flow, scene)).at(-1) as Reply)).toBe(flow.ends);
      }
    },
  );

  test('a sign-in mail that was refused is tried again with a new code', async () => {
    const flow: Flow = FLOWS['sign in by mail'];
    const scene = await enter(world, stream, flow);
    world.outbox.fates.push('refused', 'refused');
    expect(saying((await attempt(flow, scene)).at(-1) as Reply)).toBe('200');
  });

  test('one record that can’t be read holds up none of the others', async () => {
    const scene = await enter(world, stream, FLOWS['sign in by mail']);
    await scene.newcomer.post('/sign-in/email/send', { email: scene.person.address });
    const good = (await scene.stream.read()).findLast(isSignInRequest);
    const bad = { dynamodb: { SequenceNumber: '1', NewImage: { pk: { Z: 'of no type DynamoDB has' } } } };
    expect(await world.handOver('mailSignInCode', [bad, good])).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
    expect(world.outbox.sent[0]?.to).toBe(scene.person.address);
  });
});

describe('WeChat or QQ fails', () => {
  const kinds = ['start_over', 'configuration', 'unavailable'] as const;
  const flows = ['link a WeChat', 'sign in by QQ'] as const;

  test.each(flows.flatMap((name) => kinds.map((kind) => [name, kind] as const)))(
    '%s: %s',
    async (name, kind) => {
      const flow: Flow = FLOWS[name];
      const provider = name === 'sign in by QQ' ? world.providers.qq : world.providers.wechat;
      const scene = await enter(world, stream, flow);
      provider.beforeIdentifying = () => {
        throw new ProviderError({ kind, provider: provider.name, step: 'token', errcode: 40029 });
      };
      const replies = await attempt(flow, scene);
      provider.beforeIdentifying = () => undefined;
      expect(saying(replies.at(-1) as Reply)).toBe('provider_failed');
      expect(await halfStates(flow, scene)).toEqual([]);
      // The identity check outlives a failed scan: another one, and no second SMS.
      const sentBefore = world.outbox.sent.length;
      const rest = { ...flow, steps: flow.steps.slice(-2) };
      expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
      expect(world.outbox.sent).toHaveLength(sentBefore);
      expect(await flow.isDone(scene)).toBe(true);
    },
  );

  test.each(flows)('%s: an error nobody foresaw is an answer of the contract too', async (name) => {
    const flow: Flow = FLOWS[name];
    const provider = name === 'sign in by QQ' ? world.providers.qq : world.providers.wechat;
    const scene = await enter(world, stream, flow);
    provider.beforeIdentifying = () => {
      throw new TypeError('unforeseen');
    };
    const replies = await attempt(flow, scene);
    provider.beforeIdentifying = () => undefined;
    expect(saying(replies.at(-1) as Reply)).toBe('unavailable');
    expect(await halfStates(flow, scene)).toEqual([]);
    const rest = { ...flow, steps: flow.steps.slice(-2) };
    expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
  });
});
