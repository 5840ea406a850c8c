import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STATUS } from '../../lib/http/problems.ts';
import type { ProblemCode } from '../../lib/linking/problem.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import type { Reply } from '../support/browser.ts';
import { deliverAll, enter, FLOWS, type Flow, type FlowName, type Scene } from '../support/fault-flows.ts';
import { halfDone, inspect } from '../support/inspect.ts';
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
  stream = new TableStream(world.client, world.table.name, process.env['TEST_DYNAMODB_ENDPOINT'] ?? '');
});
afterAll(() => stream.close());

const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

function named(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('injected'), { name, $metadata: { httpStatusCode } });
}

/** What may become of a call, as the service sees it once the SDK has given up. */
const FAULTS: Record<string, (proceed: () => Promise<unknown>) => Promise<never>> = {
  'failed before it took effect': async () => {
    throw named('InternalServerError', 500);
  },
  'failed after it took effect': async (proceed) => {
    await proceed();
    throw named('InternalServerError', 500);
  },
  'was throttled': async () => {
    throw named('ProvisionedThroughputExceededException', 400);
  },
  'was never answered': async () => {
    throw named('AbortError');
  },
  'took effect and was never answered': async (proceed) => {
    await proceed();
    throw named('TimeoutError');
  },
};

/** Goes through the flow as its user does: on, as long as each step is answered as it should be. */
async function attempt(flow: Flow, scene: Scene): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const [index, step] of flow.steps.entries()) {
    const reply = await step(scene);
    replies.push(reply);
    const isLast = index === flow.steps.length - 1;
    if (isLast ? saying(reply) !== flow.ends : reply.status >= 400) break;
  }
  return replies;
}

const CONSOLE = 'https://console.example.com/oauth-result?';
const SUCCESSES = [200, 201, 202, 204, 302];

/** Whether an answer is one of the contract's, whatever happened. */
function expectContract(reply: Reply): void {
  if (reply.status === 302 && reply.headers['location']?.startsWith(CONSOLE)) {
    const result = new URL(reply.headers['location']).searchParams.get('result') ?? '';
    expect([
      ...Object.keys(STATUS),
      'linked',
      'signed_in',
      'denied',
      'identity_unknown',
      'state_invalid',
    ]).toContain(result);
  }
  if (SUCCESSES.includes(reply.status)) return;
  const { code, status, retryAfter } = reply.json;
  expect(reply.headers['content-type']).toMatch('application/problem+json');
  expect([reply.status, status]).toEqual([STATUS[code as ProblemCode], STATUS[code as ProblemCode]]);
  if (reply.status === 503 || reply.status === 429) expect(retryAfter).toBeGreaterThan(0);
  if (reply.status >= 500) expect([502, 503]).toContain(reply.status);
}

/** A check that was passed and led to nothing is still open. */
async function expectWhole(flow: Flow, scene: Scene): Promise<void> {
  const [own, rivals] = [await inspect(world, scene.person), await inspect(world, scene.rival)];
  expect(halfDone(own, flow.links)).toEqual([]);
  expect(halfDone(rivals, ['email', 'wechat'])).toEqual([]);
  const out = world.outbox.sent.filter(({ to }) => to === scene.person.phone).length;
  expect(own.smsCounted).toBeGreaterThanOrEqual(out);
}

async function countCalls(flow: Flow): Promise<number> {
  const scene = await enter(world, stream, flow);
  let count = 0;
  const replies = await calls.during(
    (_call, proceed) => {
      count += 1;
      return proceed();
    },
    () => attempt(flow, scene),
  );
  expect(saying(replies.at(-1) as Reply)).toBe(flow.ends);
  expect(await flow.isDone(scene)).toBe(true);
  await expectWhole(flow, scene);
  return count;
}

const isLinkFlow = (name: FlowName) => name.startsWith('link');

describe('a call to DynamoDB that fails: nothing is half done, and the next try gets there', () => {
  test.each(FLOW_NAMES.flatMap((name) => Object.keys(FAULTS).map((fault) => [name, fault] as const)))(
    '%s: any call that %s',
    async (name, fault) => {
      const flow: Flow = FLOWS[name];
      const total = await countCalls(flow);
      expect(total).toBeGreaterThan(0);
      for (let failing = 0; failing < total; failing += 1) {
        const scene = await enter(world, stream, flow);
        let index = 0;
        const replies = await calls.during(
          async (_call, proceed) => {
            const isIt = index === failing;
            index += 1;
            return isIt ? (FAULTS[fault]?.(proceed) as never) : proceed();
          },
          () => attempt(flow, scene),
        );
        for (const reply of replies) expectContract(reply);
        await expectWhole(flow, scene);
        const { checks, methods } = await inspect(world, scene.person);
        const provider = name.includes('WeChat') ? 'wechat' : 'email';
        if (isLinkFlow(name) && replies[1]?.status === 200 && !methods.has(provider))
          expect(checks.get(`link_${provider}`)?.verifiedUntil).toBeGreaterThan(world.nowSeconds);

        world.pass({ seconds: 61 });
        for (const reply of await attempt(flow, scene)) expectContract(reply);
        expect(await flow.isDone(scene)).toBe(true);
        await expectWhole(flow, scene);
      }
    },
  );

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

describe('a message that fails', () => {
  const sending = FLOW_NAMES.filter((name) => !/^sign in by|^sign out|^look/.test(name));

  test.each(sending)('%s: what was refused costs nothing, and may be sent again at once', async (name) => {
    const flow: Flow = FLOWS[name];
    const messages = name.startsWith('link an address') ? 2 : 1;
    for (let refused = 0; refused < messages; refused += 1) {
      const scene = await enter(world, stream, flow);
      const sentBefore = world.outbox.sent.length;
      world.outbox.fates.push(...Array(refused).fill('accepted'), 'refused');
      const replies = await attempt(flow, scene);
      expect(replies.at(-1)).toMatchObject({ status: 502, json: { code: 'delivery_failed' } });
      expect(world.outbox.sent).toHaveLength(sentBefore + refused);
      expect((await inspect(world, scene.person)).smsCounted).toBe(refused);
      await expectWhole(flow, scene);
      // The step itself again, not those before it, and no waiting.
      const rest = { ...flow, steps: flow.steps.slice(replies.length - 1) };
      expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
      expect(world.outbox.sent).toHaveLength(sentBefore + messages);
      expect((await inspect(world, scene.person)).smsCounted).toBe(1);
      expect(await flow.isDone(scene)).toBe(true);
    }
  });

  test.each(sending)(
    '%s: where nobody knows whether it went out, the code is valid and the quota spent',
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
        let index = 0;
        const replies = await calls.during(
          async (_call, proceed) => {
            const isIt = index === failing;
            index += 1;
            return isIt ? (FAULTS[fault]?.(proceed) as never) : proceed();
          },
          () => attempt(flow, scene),
        );
        expect(index).toBeGreaterThan(failing);
        expect(replies.map(saying)).toEqual(['delivery_failed']);
        await expectWhole(flow, scene);
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
    expect(await deliverAll(world, [bad, good])).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
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
      await expectWhole(flow, scene);
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
    await expectWhole(flow, scene);
    const rest = { ...flow, steps: flow.steps.slice(-2) };
    expect(saying((await attempt(rest, scene)).at(-1) as Reply)).toBe(flow.ends);
  });
});
