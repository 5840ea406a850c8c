import { describe, expect, test } from '@jest/globals';
import { type Importer, importRows, type Outcome } from '../../local/import/import-rows.ts';
import { Pace } from '../../local/import/pace.ts';
import type { Row } from '../../local/import/rows.ts';

interface Written {
  readonly id: string;
  readonly topics?: string[];
}

/** An importer that lets a test decide when each write ends. */
function fakeImporter(write: (row: Written) => Promise<Outcome>): Importer<Written> {
  return {
    parse: (json) =>
      typeof (json as Written).id === 'string' ? { record: json as Written } : { rejected: 'id: missing' },
    write,
    topics: ({ id, topics = [] }) => [id, ...topics],
  };
}

async function* rows(...contents: unknown[]): AsyncGenerator<Row> {
  for (const [index, json] of contents.entries()) {
    const startByte = index * 10;
    yield {
      number: index + 1,
      startByte,
      endByte: startByte + 10,
      bytes: Buffer.alloc(9),
      content: { json },
    };
  }
}
const ids = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}` }));
const pass = () => new Promise(setImmediate);

async function run(
  importer: Importer<Written>,
  contents: unknown[],
  options: { pace?: Pace; signal?: AbortSignal } = {},
) {
  const settled: [number, Outcome | undefined][] = [];
  const onSettled = ({ number }: Row, outcome: Outcome | undefined) => void settled.push([number, outcome]);
  const ending = await importRows(rows(...contents), importer, { onSettled, ...options });
  return { settled, ...ending };
}

describe('an import', () => {
  test('tells of each row in the order of the file, whichever write ends first', async () => {
    const first = Promise.withResolvers<Outcome>();
    const importer = fakeImporter(async ({ id }) => {
      if (id === '0') return first.promise;
      first.resolve({ rejected: 'slow' });
      return 'updated';
    });
    expect((await run(importer, [{ id: '0' }, {}, { id: '2' }])).settled).toEqual([
      [1, { rejected: 'slow' }],
      [2, { rejected: 'id: missing' }],
      [3, 'updated'],
    ]);
  });

  test('has no more writes under way, and no more rows in its hands, than it may', async () => {
    let underWay = 0;
    let most = 0;
    let read = 0;
    let settled = 0;
    const importer = fakeImporter(async () => {
      most = Math.max(most, ++underWay);
      await pass();
      underWay -= 1;
      return 'added';
    });
    async function* counted() {
      for await (const row of rows(...ids(2_000))) {
        read += 1;
        expect(read - settled).toBeLessThanOrEqual(256);
        yield row;
      }
    }
    const onSettled = () => {
      settled += 1;
    };
    await importRows(counted(), importer, { onSettled, pace: new Pace({ atOnceMax: 4 }) });
    expect([most, settled]).toEqual([4, 2_000]);
  });

  test('writes rows that have to do with each other in their order', async () => {
    const ended: string[] = [];
    const importer = fakeImporter(async ({ id, topics }) => {
      if (topics === undefined) await pass();
      ended.push(id);
      return 'added';
    });
    await run(importer, [{ id: 'parent' }, { id: 'child', topics: ['parent'] }, { id: 'other', topics: [] }]);
    expect(ended).toEqual(['other', 'parent', 'child']);
  });

  test('ends where the store fails, and tells of no row after that', async () => {
    const failure = new Error('store is down');
    const importer = fakeImporter(async ({ id }) => {
      if (id === '1') throw failure;
      return 'added';
    });
    expect(await run(importer, ids(1_000))).toEqual({ settled: [[1, 'added']], failure });
  });

  test('ends where what became of a row can’t be written down', async () => {
    const failure = new Error('disk is full');
    let told = 0;
    const onSettled = async ({ number }: Row) => {
      told += 1;
      if (number === 2) throw failure;
    };
    const importer = fakeImporter(async () => 'added');
    expect(await importRows(rows(...ids(9)), importer, { onSettled })).toEqual({ failure });
    expect(told).toBe(2);
  });

  test('that is interrupted still tells of all that it has begun', async () => {
    const interruption = new AbortController();
    const begun: string[] = [];
    const importer = fakeImporter(async ({ id }) => {
      begun.push(id);
      if (id === '5') interruption.abort();
      return 'added';
    });
    const { settled } = await run(importer, ids(5_000), { signal: interruption.signal });
    expect(settled.length).toBe(begun.length);
    expect(begun.length).toBeLessThan(5_000);
  });
});

const throttled = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

describe('the pace', () => {
  test('waits longer each time that the table throttles, and loses nothing', async () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    let refusals = 3;
    const task = async () => {
      if (refusals-- > 0) throw throttled();
      return 'done';
    };
    expect(await new Pace({ sleep, random: () => 1 }).run(task)).toBe('done');
    expect(slept).toEqual([200, 400, 800]);
  });

  test('halves what is under way at once when the table throttles, and comes back to speed', async () => {
    let underWay = 0;
    let isThrottling = true;
    const most = { throttling: 0, after: 0 };
    let now = 0;
    const pace = new Pace({
      atOnceMax: 16,
      sleep: pass,
      random: () => 1,
      now: () => {
        now += 100;
        return now;
      },
    });
    const task = async () => {
      underWay += 1;
      const phase = isThrottling ? 'throttling' : 'after';
      most[phase] = Math.max(most[phase], underWay);
      await pass();
      underWay -= 1;
      if (isThrottling && pace.throttled > 5) isThrottling = false;
      if (isThrottling) throw throttled();
    };
    await Promise.all(Array.from({ length: 400 }, () => pace.run(task)));
    expect(pace.throttled).toBeGreaterThan(5);
    expect(most).toEqual({ throttling: 16, after: 16 });
  });

  test('gives up a write that is throttled for minutes, and at once one that fails', async () => {
    let tries = 0;
    const pace = new Pace({ sleep: async () => undefined });
    const refused = pace.run(async () => {
      tries += 1;
      throw throttled();
    });
    await expect(refused).rejects.toThrow('slow down');
    expect(tries).toBe(15);
    const failing = async () => Promise.reject(new Error(`failed after ${++tries}`));
    await expect(pace.run(failing)).rejects.toThrow('failed after 16');
  });
});
