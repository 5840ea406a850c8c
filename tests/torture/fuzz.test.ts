import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpResult } from '../../lib/http/answer.ts';
import { breachesOf, COMMON_HEADERS, routeOf } from '../support/contract.ts';
import { HTTP_FUNCTIONS, type HttpFunction } from '../support/functions.ts';
import { newActors } from '../support/fuzz-actors.ts';
import { type FuzzedRequest, requestsOf } from '../support/fuzz-requests.ts';
import { newMember } from '../support/people.ts';
import { readsQueriesAsItIs } from '../support/real-queries.ts';
import { countWrites } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { forget } from './rounds.ts';
import { patience, scaled } from './scale.ts';

const PLENTY = { SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' };
const BATCH = 200;

const NOW = '2026-11-24T10:00:00.000Z';

let world: World;
let writes: { readonly count: number };
beforeAll(async () => {
  world = await createWorld(PLENTY);
  readsQueriesAsItIs(world);
  writes = countWrites(world);
});

const nameOf = ({ method, pathPattern }: { method: string; pathPattern: string }) =>
  `${method} ${pathPattern}`;

test.each(
  HTTP_FUNCTIONS.filter((route) => route.method !== 'GET' && !routeOf(route).form.body).map(
    (route) => [nameOf(route), route] as const,
  ),
)('%s takes no body', async (_name, route) => {
  const { browser } = await newMember(world);
  const path = route.pathPattern.replace('{provider}', 'wechat').replace('{id}', `c${'0'.repeat(21)}`);
  const reply = await browser.send(route.method, path, { body: { member: 'of no form' } });
  expect(reply.json).toMatchObject({ code: 'invalid_request' });
});

/** Refusals by which nothing has changed, as nothing was done: neither a guess was spent nor a code lost. */
const HARMLESS = [
  'origin_not_allowed',
  'not_signed_in',
  'invalid_request',
  'not_found',
  'sub_account',
  'not_linkable',
  'registered_method',
  'already_linked',
  'not_linked',
  'account_frozen',
  'phone_missing',
  'identity_check_required',
  'code_expired',
  'undo_expired',
];

const reached = new Map<string, Set<number>>();

/** In what the answer to a request is not as it must be. */
async function breachesBy({ route, path, options }: FuzzedRequest): Promise<string[]> {
  const before = writes.count;
  const result = await world.request(route.method, path, options);
  const { route: asked = route } = world.exchanges.at(-1) ?? {};
  const { statusCode = 0, body } = result;
  reached.set(nameOf(asked), (reached.get(nameOf(asked)) ?? new Set()).add(statusCode));
  const { code } = statusCode >= 400 ? JSON.parse(body ?? '{}') : { code: undefined };
  return [
    ...breachesOf(asked, result),
    ...(statusCode < 500 ? [] : ['a 5xx']),
    ...(HARMLESS.includes(code) && writes.count > before ? ['refused, and written all the same'] : []),
  ];
}

/** Routes that never went well, or never refused. */
const oneSided = () =>
  [...reached].filter(([, statuses]) => new Set([...statuses].map((status) => status >= 400)).size < 2);

test(
  'whatever anybody sends to any route, the answer is one of the contract’s and nobody’s fault',
  async () => {
    const requests = scaled({ short: 400, full: 100_000 });
    let made = 0;
    let faults = 0;
    let failure: string | undefined;
    while (made < requests && failure === undefined) {
      const arbitrary = requestsOf(await newActors(world));
      const details = await fc.check(
        fc.asyncProperty(arbitrary, async (request) => {
          made += 1;
          expect(await breachesBy(request)).toEqual([]);
        }),
        { numRuns: Math.min(BATCH, requests - made) },
      );
      if (details.failed) failure = fc.defaultReportMessage(details);
      world.pass({ seconds: 61 });
      faults += world.observer.counted.filter((metric) => metric === 'Fault').length;
      forget(world);
    }
    await figure({
      row: 'fuzzed requests, 5xx or bodies outside the contract',
      mustBe: '100,000, 0',
      value: `${made.toLocaleString('en')}, ${Math.max(faults, Number(failure !== undefined))}`,
    });
    expect(failure).toBeUndefined();
    expect(faults).toBe(0);
    // With so many, each has gone both ways: it was not only the first check that answered.
    if (made >= 10_000) expect(oneSided()).toEqual([]);
  },
  patience,
);

test.each([
  ['a member too many', { accountId: '100000001', phone: '+8613800138001' }],
  ['a phone in full', { purpose: 'link_email', sentTo: '+8613800138001', expiresAt: NOW, resendAt: NOW }],
  [
    'a time in seconds',
    { purpose: 'link_email', sentTo: '138****8001', expiresAt: 1795514400, resendAt: NOW },
  ],
  ['nothing', undefined],
])('an answer with %s would be found', (_what, body) => {
  const route = HTTP_FUNCTIONS.find(({ pathPattern }) => pathPattern === '/otp/send') as HttpFunction;
  const headers = { ...COMMON_HEADERS, 'content-type': 'application/json; charset=utf-8' };
  const good = { purpose: 'link_email', sentTo: '138****8001', expiresAt: NOW, resendAt: NOW };
  const answer = (said: unknown) => ({ statusCode: 202, headers, body: JSON.stringify(said) }) as HttpResult;
  expect(breachesOf(route, answer(good))).toEqual([]);
  expect(breachesOf(route, answer(body))).not.toEqual([]);
  expect(breachesOf(route, { ...answer(good), headers: {} })).not.toEqual([]);
  expect(breachesOf(route, { ...answer(good), statusCode: 200 })).not.toEqual([]);
});
