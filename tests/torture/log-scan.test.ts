import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { ROUTES } from '../../lib/contract/routes.ts';
import { oddRecords } from '../support/arbitrary-records.ts';
import { captureOutput, leaksIn } from '../support/captured-output.ts';
import { enter, FLOWS, type FlowName } from '../support/fault-flows.ts';
import { attempt } from '../support/fault-kit.ts';
import type { Flow } from '../support/fault-steps.ts';
import { loadStreamFunction, STREAM_FUNCTIONS } from '../support/functions.ts';
import { newActors } from '../support/fuzz-actors.ts';
import { type FuzzedRequest, requestsOf } from '../support/fuzz-requests.ts';
import { secretsOf } from '../support/log-secrets.ts';
import { createLoggedRun, type LoggedRun, tellingError } from '../support/logged-run.ts';
import { saying } from '../support/people.ts';
import { TableStream } from '../support/stream.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { figure } from './report.ts';
import { forget } from './rounds.ts';
import { isFull, patience, scaled } from './scale.ts';

let run: LoggedRun;
let calls: TableCalls;
let stream: TableStream;
beforeAll(async () => {
  run = await createLoggedRun();
  calls = new TableCalls(run.world);
  stream = new TableStream(run.world.client, run.world.table.name, run.world.endpoint);
});

const leaks: string[] = [];
let scanned = 0;
afterAll(async () => {
  stream.close();
  await figure({
    row: 'secrets or full personal data in all logs of all runs',
    mustBe: '0',
    value: leaks.length,
  });
});

/** Does something and looks for secrets in all that was written meanwhile, those included that only came about by it. */
async function scan(where: string, action: () => Promise<unknown>): Promise<void> {
  const { world, secrets } = run;
  const output = await captureOutput(action);
  for (const [secret, kind] of secretsOf(world)) secrets.set(secret, kind);
  scanned += output.length;
  const found = leaksIn(output, secrets);
  leaks.push(...found);
  forget(world);
  expect({ where, found }).toEqual({ where, found: [] });
}

const WELL = { provider: 'well', sending: 'well' } as const;
const MODES: readonly Partial<Pick<LoggedRun, 'provider' | 'sending'>>[] = [
  { provider: 'with an error' },
  { sending: 'refusing' },
  { provider: 'with a page' },
  { sending: 'failing' },
  { provider: 'not at all' },
];

describe.each(Object.keys(FLOWS) as FlowName[])('%s', (name) => {
  const flow: Flow = FLOWS[name];
  const position = Object.keys(FLOWS).indexOf(name);

  /** Goes through the flow with this in its way, and lets its owner be told. @returns what the last step came to */
  async function goThrough(where: string, around: Around): Promise<string> {
    let end = '';
    await scan(where, async () => {
      const scene = await enter(run.world, stream, flow);
      const { phone, address } = scene.person;
      run.secrets.set(phone, 'phone').set(address, 'address');
      const replies = await calls.during(around, () => attempt(flow, scene));
      await calls.during(around, () => run.world.notifyOwners().catch(() => 0));
      end = saying(replies.at(-1) ?? { status: 0 });
    });
    run.world.pass({ seconds: 61 });
    return end;
  }

  test(
    'writes nothing secret, whichever call to the table fails with all it was asked for',
    async () => {
      let made = 0;
      const end = await goThrough('nothing in the way', async (_call, proceed) => {
        made += 1;
        return proceed();
      });
      expect(end).toBe(flow.ends);
      // A short run lets one of them fail, another one for each flow.
      const failures = isFull ? Array.from({ length: made }, (_, index) => index) : [(position * 5) % made];
      for (const failing of failures)
        for (const isAfter of isFull ? [false, true] : [position % 2 === 0]) {
          let index = 0;
          await goThrough(`call ${failing}`, async ({ input }, proceed) => {
            const isIt = index++ === failing;
            if (!isIt || isAfter) {
              const reply = await proceed();
              if (!isIt) return reply;
            }
            throw tellingError(input);
          });
        }
    },
    patience,
  );

  test(
    'nor where WeChat, QQ, or the services that send messages fail, however they do',
    async () => {
      for (const mode of isFull ? MODES : [MODES[position % MODES.length] ?? {}]) {
        await scan(JSON.stringify(mode), async () => {
          const scene = await enter(run.world, stream, flow);
          Object.assign(run, mode);
          await attempt(flow, scene);
          await run.world.notifyOwners();
        }).finally(() => Object.assign(run, WELL));
      }
    },
    patience,
  );
});

/** Longer than any word of ours that a log has, but for a route. */
const SECRET_MIN = 24;
const ROUTE_PATHS: ReadonlySet<string> = new Set(ROUTES.map(({ path }) => path));

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(leavesOf) : [];
}

/** All of a request that somebody wrote. */
function writtenIn({ path, options }: FuzzedRequest): string[] {
  const { rawBody = '', isBase64Encoded, query = '', cookies = [], headers = {} } = options;
  const text = isBase64Encoded ? Buffer.from(rawBody, 'base64').toString() : rawBody;
  const members = () => {
    try {
      return leavesOf(JSON.parse(text));
    } catch {
      return [];
    }
  };
  const written = [path, rawBody, text, query, ...cookies, ...Object.values(headers), ...members()];
  return written.flatMap((part) =>
    part !== undefined && part.length >= SECRET_MIN && !ROUTE_PATHS.has(part) ? [part] : [],
  );
}

const BATCH = 100;

test(
  'whatever anybody sends is not in the log',
  async () => {
    const requests = scaled({ short: 100, full: 10_000 });
    for (let made = 0; made < requests; made += BATCH)
      await scan('fuzzed requests', async () => {
        const arbitrary = requestsOf(await newActors(run.world));
        for (const request of fc.sample(arbitrary, BATCH)) {
          const { route, path, options } = request;
          await run.world.request(route.method, path, options);
          for (const part of writtenIn(request)) run.secrets.set(part, 'request');
        }
        await run.world.deliverStream();
        await run.world.notifyOwners();
      });
  },
  patience,
);

test.each(STREAM_FUNCTIONS.map(({ name }) => name))(
  'nor what is in the records that %s can’t read',
  async (name) => {
    const records: DynamoDBRecord[] = [];
    await scan('records', async () => {
      await newActors(run.world);
      records.push(...(await stream.read()));
    });
    const handler = (await loadStreamFunction(name))(run.world.dependencies);
    await scan('odd records', async () => {
      for (const odd of fc.sample(oddRecords(records), scaled({ short: 30, full: 1_000 }))) {
        for (const text of leavesOf(odd)) if (text.length >= SECRET_MIN) run.secrets.set(text, 'record');
        await handler({ Records: odd });
      }
    });
  },
  patience,
);

test('all of this was written to a log that can be read', () => {
  expect(scanned).toBeGreaterThan(10_000);
});
