import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import { clockWindow, isServed, numberRange, shardLimits } from '../../lib/linking/spending.ts';

const at = (iso: string) => Date.parse(iso) / 1000;

describe('a window of the clock', () => {
  test.each([
    ['hour', '2026-11-24T10:00:00Z', 'HOUR#2026112410', '2026-11-24T11:00:00Z'],
    ['hour', '2026-11-24T10:59:59Z', 'HOUR#2026112410', '2026-11-24T11:00:00Z'],
    ['hour', '2026-12-31T23:30:00Z', 'HOUR#2026123123', '2027-01-01T00:00:00Z'],
    ['day', '2026-11-24T00:00:00Z', 'DAY#20261124', '2026-11-25T00:00:00Z'],
    ['day', '2026-02-28T23:59:59Z', 'DAY#20260228', '2026-03-01T00:00:00Z'],
  ] as const)('%s of %s is %s, until %s', (span, now, id, endsAt) => {
    expect(clockWindow(span, at(now))).toEqual({ id, endsAt: at(endsAt) });
  });

  test('holds every moment in exactly one, and ends after it', () => {
    const moment = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(moment, fc.constantFrom('hour' as const, 'day' as const), (now, span) => {
        const { id, endsAt } = clockWindow(span, now);
        expect(endsAt).toBeGreaterThan(now);
        expect(clockWindow(span, endsAt - 1).id).toBe(id);
        expect(clockWindow(span, endsAt).id).not.toBe(id);
      }),
    );
  });
});

describe('the shards of a limit', () => {
  test.each([
    [0, [0]],
    [1, [1]],
    [99, [99]],
    [199, [199]],
    [200, [100, 100]],
    [305, [102, 102, 101]],
    [1000, Array(10).fill(100)],
    [50_000, Array(10).fill(5000)],
    [1003, [101, 101, 101, 100, 100, 100, 100, 100, 100, 100]],
  ])('of %d are %j', (limit, shards) => {
    expect(shardLimits(limit)).toEqual(shards);
  });

  test('add up to exactly the limit, are ten at most, and none is small where there are several', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (limit) => {
        const shards = shardLimits(limit);
        expect(shards.reduce((sum, shard) => sum + shard, 0)).toBe(limit);
        expect(shards.length).toBeLessThanOrEqual(10);
        if (shards.length > 1) expect(Math.min(...shards)).toBeGreaterThanOrEqual(100);
        if (limit >= 1000) expect(Math.max(...shards)).toBeLessThanOrEqual(Math.ceil(limit / 10));
      }),
    );
  });
});

describe('the countries that are served', () => {
  test.each([
    ['+8613800138001', ['86'], true],
    ['+85212345678', ['86'], false],
    ['+85212345678', ['86', '852'], true],
    ['+8801712345678', ['86'], false],
    ['+12025550123', ['86'], false],
    ['+12045550123', ['1204'], true],
    ['+12025550123', ['1204'], false],
    ['+18613800138', ['86'], false],
  ])('%s, where they are %j: %s', (phone, countries, served) => {
    expect(isServed(phone as PhoneNumber, countries)).toBe(served);
  });
});

test('a range of numbers is all that differ in the last four digits', () => {
  expect(numberRange('+8613800138001' as PhoneNumber)).toBe('+861380013');
  expect(numberRange('+8613800138001' as PhoneNumber)).toBe(numberRange('+8613800139999' as PhoneNumber));
  expect(numberRange('+8613800138001' as PhoneNumber)).not.toBe(numberRange('+8613800148001' as PhoneNumber));
});
