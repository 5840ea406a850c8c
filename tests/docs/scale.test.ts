import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { flowCost, monthlyCost, PRICES } from '../../bench/scale/cost.ts';
import { GROWTH, readGrown } from '../../bench/scale/growth.ts';
import { ceilingOf, simulate } from '../../bench/scale/hot-keys.ts';
import { FLOWS } from '../../bench/scale/usage.ts';
import { PAGES, rendered, worstDay } from '../../bench/scale.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe.each(['en', 'zh'] as const)('docs/scale in %s', (language) => {
  test('has the tables that `npm run scale` makes', () => {
    const page = readFileSync(PAGES[language], 'utf8');
    expect(rendered(page, language)).toBe(page);
  });
});

test('the README says what the worst day costs', () => {
  const { tencent, aws } = worstDay();
  const amounts = [tencent, aws].map((usd) => Number(usd.toPrecision(3)).toLocaleString('en-US'));
  for (const page of ['README.md', 'README.zh-CN.md'])
    for (const amount of amounts) expect(read(page)).toMatch(new RegExp(`(USD ${amount}|${amount} 美元)`));
});

test('every price has its page, its region, and the day it was read or that it was not', () => {
  for (const { source, region, read: day, usd } of PRICES) {
    expect(source).toMatch(/^https:\/\/(aws\.amazon|cloud\.tencent)\.com\//);
    expect(region).not.toBe('');
    expect(day).toMatch(/^(2026-\d{2}-\d{2}|none)$/);
    expect(usd).toBeGreaterThan(0);
  }
});

describe('the simulation of hot keys', () => {
  const one = { flowsPerSecond: 4_000, accounts: 1_000_000, shards: 10, seconds: 1 };
  const hottest = (form: string, changes: Partial<typeof one> = {}) =>
    simulate({ ...one, ...changes }).find((heat) => heat.form === form)?.hottest ?? 0;

  test('comes out the same each time', () => {
    expect(simulate(one)).toEqual(simulate(one));
  });

  test('finds a counter that all share hotter than any account, and cooler with more shards', () => {
    expect(hottest('GUARD#mail#shard')).toBeGreaterThan(5 * hottest('SIGNIN#…'));
    expect(hottest('GUARD#mail#shard', { shards: 50 })).toBeLessThan(hottest('GUARD#mail#shard') / 3);
  });

  test('lets as much happen in a while whether or not a second has a whole flow', () => {
    const unitsPerSecond = (flowsPerSecond: number, seconds: number) =>
      simulate({ ...one, flowsPerSecond, seconds }).reduce((sum, heat) => sum + heat.unitsPerSecond, 0);
    const ratio = unitsPerSecond(0.4, 10_000) / 0.4 / (unitsPerSecond(1_000, 4) / 1_000);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });

  test('finds accounts hot if few do all of it', () => {
    expect(hottest('ACCOUNT#…', { accounts: 2 })).toBeGreaterThan(1_000);
  });
});

test('what a count takes grows with its shards, and conflicts come before capacity', () => {
  const [ten, fifty] = [10, 50].map((shards) => ceilingOf(shards, 2));
  expect(ten?.byCapacity).toBe(2_500);
  expect(fifty?.byCapacity).toBe(12_500);
  expect(ten?.byConflicts).toBeLessThan(ten?.byCapacity ?? 0);
});

test('a month costs what its flows do, besides what is kept and watched', () => {
  const month = monthlyCost(1_000);
  for (const part of ['api', 'functions', 'reads', 'writes', 'mail', 'logs', 'traffic', 'smsAws'] as const) {
    const flows = FLOWS.map((flow) => flowCost(flow, 1_000 * flow.perAccountAndMonth)[part]);
    expect(flows.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(month[part], 9);
  }
});

describe('as an account grows', () => {
  const { methods, sessions, events } = readGrown();
  const named = ['signIn', 'linkEmail', 'unlink', 'endAllSessions'] as const;

  test.each(named)('%s takes the same, whatever sessions and history there are', (name) => {
    const taken = [...sessions, ...events].map(({ units }) => units[name]);
    expect(new Set(taken.map((units) => JSON.stringify(units))).size).toBe(1);
  });

  test('a page of the history stays a page', () => {
    const [, hundred, all] = events;
    expect(all?.units.showHistory).toEqual(hundred?.units.showHistory);
  });

  test('closing it and listing its sessions are all that grows with them', () => {
    const grows = (name: keyof typeof GROWTH, of: typeof sessions) => {
      const reads = of.flatMap(({ units }) => units[name]?.read ?? []);
      return Math.max(...reads) > 2 * Math.min(...reads);
    };
    const names = Object.keys(GROWTH) as (keyof typeof GROWTH)[];
    expect(names.filter((name) => grows(name, methods))).toEqual([]);
    expect(names.filter((name) => grows(name, sessions))).toEqual(['listSessions', 'close']);
    expect(names.filter((name) => grows(name, events))).toEqual(['close']);
  });
});
