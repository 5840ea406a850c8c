import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { enter, FLOWS, type FlowName } from '../support/fault-flows.ts';
import type { Flow, Scene } from '../support/fault-steps.ts';
import { halfDone, inspect } from '../support/inspect.ts';
import {
  conflict,
  Network,
  type NetworkCall,
  type OnTheWire,
  refusal,
  reset,
  unheard,
  withoutPauses,
} from '../support/network.ts';
import { saying, signedIn } from '../support/people.ts';
import { TableStream } from '../support/stream.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let network: Network;
let stream: TableStream;
beforeAll(async () => {
  world = await createWorld({ SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' });
  network = new Network(world);
  withoutPauses(world);
  stream = new TableStream(world.client, world.table.name, world.endpoint);
});
afterAll(() => stream.close());

const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

const isTransaction = ({ command }: NetworkCall) => command === 'TransactWriteItems';
const always = () => true;

/** What passes by itself, and at which calls it can happen. */
const PASSING: Record<string, { at: (call: NetworkCall) => boolean; what: OnTheWire }> = {
  'a broken connection': {
    at: always,
    what: async () => {
      throw reset();
    },
  },
  'a reply that got lost': {
    at: always,
    what: async (_call, proceed) => {
      await unheard(proceed);
      throw reset();
    },
  },
  'an error of the server': { at: always, what: async () => refusal(500, 'InternalServerError') },
  throttling: { at: always, what: async () => refusal(400, 'ProvisionedThroughputExceededException') },
  'another transaction in the way': { at: isTransaction, what: async (call) => conflict(call) },
  'its own first try still under way': {
    at: isTransaction,
    what: async (_call, proceed) => {
      await unheard(proceed);
      return refusal(400, 'TransactionInProgressException');
    },
  },
};

async function walk(flow: Flow, scene: Scene): Promise<string[]> {
  const replies: Reply[] = [];
  for (const step of flow.steps) replies.push(await step(scene));
  return replies.map(saying);
}

interface CleanRun {
  readonly calls: readonly NetworkCall[];
  readonly answers: readonly string[];
  readonly sent: number;
}

/** Passes every call on and notes it. */
async function cleanRun(flow: Flow): Promise<CleanRun> {
  const scene = await enter(world, stream, flow);
  const sentBefore = world.outbox.sent.length;
  const calls: NetworkCall[] = [];
  const answers = await network.during(
    (call, proceed) => {
      calls.push(call);
      return proceed();
    },
    () => walk(flow, scene),
  );
  return { calls, answers, sent: world.outbox.sent.length - sentBefore };
}

/** Lets `what` happen to the first try of every call, and only to that. */
function toEveryFirstTry({ at, what }: (typeof PASSING)[string], seen: NetworkCall[]): OnTheWire {
  const tries = new Map<string, number>();
  return (call, proceed) => {
    seen.push(call);
    const before = tries.get(call.body) ?? 0;
    tries.set(call.body, before + 1);
    return at(call) && before % 2 === 0 ? what(call, proceed) : proceed();
  };
}

describe('what passes by itself is never seen: the same answers, messages and end, and the very same request again', () => {
  describe.each(FLOW_NAMES)('%s', (name) => {
    const flow: Flow = FLOWS[name];
    let clean: CleanRun;
    beforeAll(async () => {
      clean = await cleanRun(flow);
    });

    test.each(Object.entries(PASSING))('%s at each call', async (_what, passing) => {
      const scene = await enter(world, stream, flow);
      const sentBefore = world.outbox.sent.length;
      const seen: NetworkCall[] = [];
      const answers = await network.during(toEveryFirstTry(passing, seen), () => walk(flow, scene));
      expect(answers).toEqual(clean.answers);
      expect(world.outbox.sent).toHaveLength(sentBefore + clean.sent);
      expect(seen).toHaveLength(clean.calls.length + clean.calls.filter(passing.at).length);
      // Byte for byte the same, its token included: whoever retries never meets what the first try did.
      const transactions = seen.filter(isTransaction);
      const tokens = new Set(transactions.map(({ token }) => token));
      expect(new Set(transactions.map(({ body }) => body)).size).toBe(tokens.size);
      expect(tokens.size).toBe(clean.calls.filter(isTransaction).length);
      expect(halfDone(await inspect(world, scene.person), flow.links)).toEqual([]);
      expect(await flow.isDone(scene)).toBe(true);
    });
  });
});

describe('a write by itself that meets a transaction at its item is tried again', () => {
  /** Refuses the first write of a kind as DynamoDB does while a transaction is at its item. */
  function meets(command: string): OnTheWire {
    let met = 0;
    return async (call, proceed) => {
      if (call.command === command && met++ === 0) return refusal(400, 'TransactionConflictException');
      return proceed();
    };
  }

  test.each([
    ['signing out', 'sign out', 'DeleteItem'],
    ['a read that renews the session', 'look at the account after a while', 'UpdateItem'],
    ['using up a state', 'sign in by QQ', 'UpdateItem'],
    ['storing a sign-in code', 'sign in by mail', 'UpdateItem'],
  ] as const)('%s', async (_what, name, command) => {
    const flow: Flow = FLOWS[name];
    const scene = await enter(world, stream, flow);
    const answers = await network.during(meets(command), () => walk(flow, scene));
    expect(answers.at(-1)).toBe(flow.ends);
    expect(await flow.isDone(scene)).toBe(true);
  });
});

test('keys that DynamoDB leaves unprocessed are asked for again, never taken for absent', async () => {
  const scene = await enter(world, stream, FLOWS['look at the account after a while']);
  const browser = await signedIn(world, scene.person);
  const asked: number[] = [];
  const reply = await network.during(
    async (call, proceed) => {
      if (call.command !== 'BatchGetItem') return proceed();
      const { RequestItems } = JSON.parse(call.body);
      const { Keys: keys, ...more } = RequestItems[world.table.name];
      asked.push(keys.length);
      if (asked.length > 2) return proceed();
      const body = JSON.stringify({
        Responses: { [world.table.name]: [] },
        UnprocessedKeys: { [world.table.name]: { Keys: keys, ...more } },
      });
      const answer = refusal(200, '', {}).response;
      const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(body)) };
      return { response: { ...answer, headers, body: Readable.from([Buffer.from(body)]) } };
    },
    () => browser.get('/account'),
  );
  expect(reply.status).toBe(200);
  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(1);
});
