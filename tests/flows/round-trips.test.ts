import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { measuredCases } from '../../bench/scale/usage.ts';
import { HTTP_FUNCTIONS } from '../support/functions.ts';
import { type Company, ownLoginWorld } from '../support/own-login.ts';
import { saying } from '../support/people.ts';
import { gather, LIMITS, ROUND_TRIP_CASES, type RoundTripCase } from '../support/round-trip-cases.ts';
import { type Around, RoundTrips, TableCalls } from '../support/table-calls.ts';
import { type Units, UnitsMeter } from '../support/units.ts';
import type { World } from '../support/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MEASURED = join(ROOT, 'bench', 'scale', 'measured.json');
const DOCUMENT = join(ROOT, 'docs', 'round-trips.md');

let world: World;
let company: Company;
let calls: TableCalls;
const counted = new Map<RoundTripCase, number>();
const taken = new Map<string, Units>();
const nameOf = ({ endpoint, situation }: RoundTripCase) => `${endpoint} ${situation}`.trim();
beforeAll(async () => {
  ({ world, company } = await ownLoginWorld({ UNVERIFIED_RATIO_LIMIT: '10' }));
  calls = new TableCalls(world);
});

describe('sequential round trips to DynamoDB, counted at the SDK', () => {
  test.each(ROUND_TRIP_CASES.map((one) => [`${one.endpoint} ${one.situation}`, one] as const))(
    '%s',
    async (_name, one) => {
      const request = await one.prepare(await gather(world, company));
      const trips = new RoundTrips();
      const meter = new UnitsMeter();
      const both: Around = (call, proceed) => trips.around(call, () => meter.around(call, proceed));
      const reply = await calls.during(both, request);
      expect(saying(reply)).toBe(one.comesTo);
      if (one.kind !== 'nothing') expect(trips.count).toBeGreaterThan(0);
      expect(trips.count).toBeLessThanOrEqual(LIMITS[one.kind]);
      counted.set(one, trips.count);
      taken.set(nameOf(one), await meter.units(world));
    },
  );

  test('every route is among them', () => {
    const measured = new Set(ROUND_TRIP_CASES.map(({ endpoint }) => endpoint));
    for (const { method, pathPattern } of HTTP_FUNCTIONS)
      expect(measured).toContain(`${method} ${pathPattern}`);
  });

  test('calls one after the other are two round trips, calls at once are one', async () => {
    const trips = new RoundTrips();
    const call = { command: 'GetItem', input: {} };
    const answer = async () => undefined;
    await Promise.all([trips.around(call, answer), trips.around(call, answer)]);
    expect(trips.count).toBe(1);
    await trips.around(call, answer);
    expect(trips.count).toBe(2);
  });

  test('bench/scale/measured.json says what the flows of docs/scale.md take of the table', () => {
    expect([...taken.keys()]).toEqual(expect.arrayContaining(measuredCases()));
    const measured = Object.fromEntries(measuredCases().map((name) => [name, taken.get(name)]));
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(MEASURED, `${JSON.stringify(measured, null, 2)}\n`);
    expect(JSON.parse(readFileSync(MEASURED, 'utf8'))).toEqual(measured);
  });

  test('docs/round-trips.md says what was counted', () => {
    const text = document();
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, text);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(text);
  });
});

function document(): string {
  const rows = ROUND_TRIP_CASES.map(
    (one) => `| ${one.endpoint.replace(/^([A-Z]+ .*)$/, '`$1`')} | ${one.situation} | ${counted.get(one)} |`,
  );
  return `# Round trips

How many times a request waits for DynamoDB, one after the other; calls made at once count once. Every access is by key, so that what
a request needs is read in one batch and changed in one transaction.

| request | situation | round trips |
|---|---|---:|
${rows.join('\n')}

The bounds are ${LIMITS.read} for a read, ${LIMITS.change} for a change, ${LIMITS.conflict} where a conflict uses up a code, ${LIMITS.callback} for the OAuth callback, ${LIMITS.found} where the support desk asks by an identity or a phone, and ${LIMITS.forgotten} where it signs in on a browser that the account has forgotten. A sending that was refused
is taken back, which takes up to ${LIMITS['taken back']}; the stream’s function, which nobody waits for, takes up to ${LIMITS.stream}. Where what was read is no longer so when it is to be changed, both are done again.

This page is made by \`tests/flows/round-trips.test.ts\`, which counts and fails where it says something else. To write it anew:
\`UPDATE_DOCS=1 NODE_OPTIONS=--experimental-vm-modules npx jest tests/flows/round-trips\`.
`;
}
