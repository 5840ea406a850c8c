import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { packageOf, selfTimes } from '../../bench/compare/profile.ts';
import type { ColdFigures, Report } from '../../bench/compare/report.ts';
import { ratios, spread, turn } from '../../bench/compare/statistics.ts';
import { goals, tables } from '../../bench/compare/tables.ts';
import { MEASURED, PAGES, rendered } from '../../bench/compare.ts';
import { placeTables } from '../../bench/pages.ts';

const measured = JSON.parse(readFileSync(MEASURED, 'utf8')) as Report;

describe.each(['en', 'zh'] as const)('docs/performance in %s', (language) => {
  test('has the tables that `npm run bench` makes', () => {
    const page = readFileSync(PAGES[language], 'utf8');
    expect(rendered(page, measured, language)).toBe(page);
  });
});

test('a page has a place for each table, and a table for each place', () => {
  const page = '<!-- bench: one -->\nold\n<!-- end -->\n';
  expect(placeTables(page, 'bench', { one: () => 'new' })).toBe(
    '<!-- bench: one -->\n\nnew\n\n<!-- end -->\n',
  );
  expect(() => placeTables(page, 'bench', {})).toThrow('there is no table "one"');
  expect(() => placeTables(page, 'bench', { one: () => '', two: () => '' })).toThrow('no place for two');
});

describe('statistics', () => {
  test('a spread is the median, and where the middle half lies', () => {
    expect(spread([5, 1, 3, 2, 4])).toEqual({ lower: 2, median: 3, upper: 4 });
    expect(spread([4, 1, 2, 3])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
    expect(spread([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  });

  test('ratios are those of the same round, so that a slow one is in both', () => {
    expect(ratios([1, 100, 3], [2, 200, 6])).toEqual({ lower: 0.5, median: 0.5, upper: 0.5 });
    expect(() => ratios([1], [1, 2])).toThrow('different rounds');
  });

  test('everybody is first as often as anybody else, and meets all of them on either side', () => {
    const rounds = Array.from({ length: 6 }, (_, round) => turn(['a', 'b', 'c'], round).join(''));
    expect(new Set(rounds)).toEqual(new Set(['abc', 'bca', 'cab', 'cba', 'acb', 'bac']));
  });
});

describe('goals', () => {
  const same = (value: number) => ({ lower: value, median: value, upper: value });
  const cold = (ratio: number): ColdFigures => ({
    wallMilliseconds: same(1),
    cpuMilliseconds: same(1),
    wallRatio: same(ratio),
    cpuRatio: same(1),
    residentMebibytes: 1,
  });
  const verdicts = (report: Report) =>
    goals(report).flatMap(({ name, isMet }) => (name.en.startsWith('write units') ? [] : [isMet]));
  const made = { node: '24', rounds: 1 };

  test('are judged by what was measured', () => {
    const report = (ratio: number): Report => ({
      made,
      cold: { empty: cold(1), oneRequest: cold(1), ours: { list: cold(ratio) } },
    });
    expect(verdicts(report(2))).toEqual([true]);
    expect(verdicts(report(2.01))).toEqual([false]);
  });

  test('as fast as better-auth is not faster', () => {
    const report = (ratio: number): Report => ({
      made,
      cpu: { flows: { list: { requests: 1, sides: {}, ratioToPeer: same(ratio) } } },
    });
    expect(verdicts(report(0.99))).toEqual([true]);
    expect(verdicts(report(1))).toEqual([false]);
  });

  test('sending a code is compared with verifying it', () => {
    const report = (ratio: number): Report => ({ made, cpu: { flows: {}, sendingToVerifying: same(ratio) } });
    expect(verdicts(report(1.2))).toEqual([true]);
    expect(verdicts(report(1.3))).toEqual([false]);
  });

  test('what was not measured has no goal and no table', () => {
    expect(verdicts({ made })).toEqual([]);
    expect(Object.keys(tables({ made }, 'en'))).toEqual(['goals', 'asked']);
  });
});

describe('the table of memory sizes', () => {
  const same = (value: number) => ({ lower: value, median: value, upper: value });
  const sizes = (busy: number, all: number) => {
    const report: Report = {
      made: { node: '24', rounds: 1 },
      cpu: {
        flows: {
          list: { requests: 1, sides: { ours: { cpuMilliseconds: same(busy), residentMebibytes: 1 } } },
        },
      },
      latency: { delayMilliseconds: 5, flows: { list: { ours: { milliseconds: same(all), calls: 1 } } } },
    };
    const [, , ...rows] = tables(report, 'en')['memorySizes']?.().split('\n') ?? [];
    return rows.map((row) => row.split('|').slice(1, -1).map(Number));
  };

  test('lets the processor’s work take longer with less memory, and the waiting as long', () => {
    const [smallest = [], ...larger] = sizes(2, 12);
    const whole = larger.at(-1) ?? [];
    expect(whole.slice(0, 3)).toEqual([1769, 1, 12]);
    expect(smallest[2]).toBeCloseTo(10 + 2 * (1769 / 128), 0);
  });

  test('what only waits costs as much more as there is more memory', () => {
    const dollars = sizes(0, 10).map((row) => row[3] ?? 0);
    expect((dollars[2] ?? 0) / (dollars[0] ?? 1)).toBeCloseTo(4, 1);
  });
});

describe('a profile', () => {
  test('knows a package, the innermost one, and the rooms of this repository', () => {
    expect(packageOf('../node_modules/@smithy/core/dist-es/index.js')).toBe('@smithy/core');
    expect(packageOf('../node_modules/one/node_modules/two/index.js')).toBe('two');
    expect(packageOf('../lib/table/client.ts')).toBe('lib/table');
    expect(packageOf('../lib/config.ts')).toBe('lib');
    expect(packageOf('../functions/otp/send.ts')).toBe('functions/otp');
  });

  test('adds up how long each owner’s own code ran, and leaves out the time in which nothing did', () => {
    const node = (id: number, functionName: string) => ({
      id,
      callFrame: { functionName, url: '', lineNumber: 0, columnNumber: 0 },
    });
    const profile = {
      nodes: [node(1, 'zod'), node(2, 'jose'), node(3, '(idle)')],
      samples: [1, 2, 3, 1, 2],
      timeDeltas: [0, 1000, 4000, 50_000, 2000],
    };
    expect(selfTimes(profile, ({ functionName }) => functionName)).toEqual([
      ['jose', 4],
      ['zod', 3],
    ]);
  });
});
