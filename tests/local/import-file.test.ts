import { describe, expect, test } from '@jest/globals';
import { report } from '../../local/accounts.ts';
import { type Importer, importLines, type Line, type Outcome, splitLines } from '../../local/import-file.ts';

async function* bytes(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

async function collect(...chunks: (string | Uint8Array)[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of splitLines(bytes(...chunks))) lines.push(line);
  return lines;
}

describe('splitting a file', () => {
  test('takes a byte order mark, CRLF, blank lines, and a last line without an end', async () => {
    const lines = await collect('\ufeff{"a":1}\r\n\r\n  \n{"b":2}');
    expect(lines).toMatchObject([
      { number: 1, content: { json: { a: 1 } } },
      { number: 4, content: { json: { b: 2 } } },
    ]);
  });

  test('is not confused by where its chunks end', async () => {
    const whole = Buffer.from('{"名":"小明"}\n{"名":"方方"}\n');
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const lines = await collect(whole.subarray(0, cut), whole.subarray(cut));
      expect(lines).toEqual([
        { number: 1, endByte: 17, content: { json: { 名: '小明' } } },
        { number: 2, endByte: 34, content: { json: { 名: '方方' } } },
      ]);
    }
  });

  test('rejects what is no UTF-8, no JSON, or far too long, and goes on', async () => {
    const long = 'x'.repeat(1024 * 1024 + 1);
    const lines = await collect(Buffer.from([0xff, 0xfe, 0x0a]), '{oops\n', long, '\n', '{}\n');
    expect(lines).toMatchObject([
      { number: 1, content: { rejected: 'is not valid UTF-8' } },
      { number: 2, content: { rejected: 'is not valid JSON' } },
      { number: 3, content: { rejected: 'is longer than 1048576 bytes' } },
      { number: 4, content: { json: {} } },
    ]);
  });

  test.each([
    ['at the top', '{"accountId":"1","name":"a","accountId":"2"}', 'accountId: is there twice'],
    ['with the same value', '{"accountId":"1","accountId":"1"}', 'accountId: is there twice'],
    ['written another way', '{"name":"a","n\\u0061me":"b"}', 'name: is there twice'],
    [
      'in an object of a list',
      '{"links":[{},{"subject":"a","subject":"b"}]}',
      'links.1.subject: is there twice',
    ],
    ['of a special name', '{"__proto__":1,"__proto__":2}', '__proto__: is there twice'],
  ])('rejects a member that is there twice by its name: %s', async (_where, line, rejected) => {
    expect(await collect(line)).toMatchObject([{ content: { rejected } }]);
  });

  test('takes a name that is there twice for no duplicate in two objects, or as a value', async () => {
    const line = '{"a":{"x":1},"b":{"x":1},"c":["x","x",{"x":"a"},{"x":"a"}]}';
    expect(await collect(line)).toMatchObject([{ content: { json: { a: { x: 1 } } } }]);
  });

  test('rejects what is nested beyond all measure, and goes on', async () => {
    const lines = await collect('['.repeat(200_000), ']'.repeat(200_000), '\n{}');
    expect(lines).toMatchObject([
      { content: { rejected: 'is nested too deeply' } },
      { content: { json: {} } },
    ]);
  });

  test('finds nothing in an empty file', async () => {
    expect(await collect('')).toEqual([]);
  });
});

interface Row {
  readonly id: string;
  readonly topics?: string[];
}

/** An importer that keeps rows by id, and lets a test decide when each write ends. */
function fakeImporter(write: (row: Row) => Promise<Outcome>): Importer<Row> {
  return {
    parse: (json) =>
      typeof (json as Row).id === 'string' ? { record: json as Row } : { rejected: 'id: missing' },
    write,
    topics: ({ id, topics = [] }) => [id, ...topics],
  };
}

async function* rows(...contents: unknown[]): AsyncGenerator<Line> {
  for (const [index, json] of contents.entries())
    yield { number: index + 1, endByte: (index + 1) * 10, content: { json } };
}

describe('importing', () => {
  test('counts each outcome, and keeps going after a rejection', async () => {
    const outcomes: Record<string, Outcome> = {
      a: 'added',
      b: 'unchanged',
      c: { rejected: 'taken' },
      d: 'added',
    };
    const importer = fakeImporter(async ({ id }) => outcomes[id] ?? 'added');
    const summary = await importLines(rows({ id: 'a' }, { id: 'b' }, { id: 'c' }, {}, { id: 'd' }), importer);
    expect(summary).toEqual({
      added: 2,
      updated: 0,
      unchanged: 1,
      rejected: [
        { line: 3, reason: 'taken' },
        { line: 4, reason: 'id: missing' },
      ],
    });
    expect(report(summary)).toBe(
      'line 3: taken\nline 4: id: missing\n2 added, 0 updated, 1 already there, 2 rejected',
    );
  });

  test('reports in the order of the file, whichever write ends first', async () => {
    const first = Promise.withResolvers<Outcome>();
    const importer = fakeImporter(async ({ id }) => {
      if (id === 'a') return first.promise;
      first.resolve({ rejected: 'slow' });
      return { rejected: 'fast' };
    });
    const progress: number[] = [];
    const options = { onProgress: (done: number) => progress.push(done) };
    const summary = await importLines(rows({ id: 'a' }, { id: 'b' }), importer, options);
    expect(summary.rejected).toEqual([
      { line: 1, reason: 'slow' },
      { line: 2, reason: 'fast' },
    ]);
    expect(progress).toEqual([10, 20]);
  });

  test('has no more writes under way than allowed', async () => {
    let underWay = 0;
    let most = 0;
    const importer = fakeImporter(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return 'added';
    });
    await importLines(rows(...Array.from({ length: 20 }, (_, id) => ({ id: `${id}` }))), importer, {
      atOnce: 4,
    });
    expect(most).toBe(4);
  });

  test('writes lines that have to do with each other in their order', async () => {
    const ended: string[] = [];
    const importer = fakeImporter(async ({ id, topics }) => {
      if (topics === undefined) await new Promise(setImmediate);
      ended.push(id);
      return 'added';
    });
    await importLines(
      rows({ id: 'parent' }, { id: 'child', topics: ['parent'] }, { id: 'other', topics: [] }),
      importer,
    );
    expect(ended).toEqual(['other', 'parent', 'child']);
  });

  test('stops where the store fails, and says what was done before', async () => {
    const failure = new Error('store is down');
    const importer = fakeImporter(async ({ id }) => {
      if (id === 'b') throw failure;
      return 'added';
    });
    const summary = await importLines(rows({ id: 'a' }, { id: 'b' }, { id: 'c' }), importer, { atOnce: 1 });
    expect(summary).toEqual({ added: 1, updated: 0, unchanged: 0, rejected: [], failure });
  });
});
