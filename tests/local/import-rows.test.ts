import { describe, expect, test } from '@jest/globals';
import { FILE_START, LINE_MAX_BYTES, splitLines } from '../../local/import/lines.ts';
import { type Format, type Row, readRows } from '../../local/import/rows.ts';
import type { Source } from '../../local/import/source.ts';

type Chunk = string | Uint8Array;

/** A file of these bytes, read in these chunks. */
function sourceOf(...chunks: Chunk[]): Source {
  const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
  async function* read(from: number) {
    if (from > 0) yield whole.subarray(from);
    else for (const chunk of chunks) yield Buffer.from(chunk as string);
  }
  return { name: 'a file', file: { size: whole.length, modifiedAtMilliseconds: 0 }, read };
}

async function rowsOf(format: Format, source: Source, from = FILE_START): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of (await readRows(source, format, from)).rows) found.push(row);
  return found;
}
const json = (...chunks: Chunk[]) => rowsOf('ndjson', sourceOf(...chunks));
const csv = (...chunks: Chunk[]) => rowsOf('csv', sourceOf(...chunks));

describe('lines of JSON', () => {
  test('may have a byte order mark, CRLF, blank lines, and a last line without an end', async () => {
    expect(await json('\ufeff{"a":1}\r\n\r\n  \n{"b":2}')).toMatchObject([
      { number: 1, content: { json: { a: 1 } } },
      { number: 4, content: { json: { b: 2 } } },
    ]);
  });

  test('are the same wherever the chunks end that they are read in', async () => {
    const whole = Buffer.from('{"名":"小明"}\n{"名":"方方"}\n');
    for (let cut = 0; cut <= whole.length; cut += 1)
      expect(await json(whole.subarray(0, cut), whole.subarray(cut))).toMatchObject([
        { number: 1, startByte: 0, endByte: 17, content: { json: { 名: '小明' } } },
        { number: 2, startByte: 17, endByte: 34, content: { json: { 名: '方方' } } },
      ]);
  });

  test('that are no UTF-8 or no JSON are rejected, and those after them are not', async () => {
    expect(await json(Buffer.from([0xff, 0xfe, 0x0a]), '{oops\n', '{}\n')).toMatchObject([
      { number: 1, content: { rejected: 'is not valid UTF-8' } },
      { number: 2, content: { rejected: 'is not valid JSON' } },
      { number: 3, content: { json: {} } },
    ]);
  });

  test('that are too long come in parts that are all of the line, and are rejected once', async () => {
    const long = 'x'.repeat(LINE_MAX_BYTES);
    const rows = await json(long, 'yy', long, 'z\n', '{}\n');
    const parts = rows.slice(0, -1);
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).toString()).toBe(`${long}yy${long}z`);
    expect(parts.map(({ number }) => number)).toEqual(parts.map(() => 1));
    expect(parts.map(({ content }) => content)).toEqual([
      { rejected: 'is longer than 1048576 bytes' },
      ...parts.slice(1).map(() => undefined),
    ]);
    expect([parts[0]?.part, parts.at(-1)?.part]).toEqual(['first', 'last']);
    expect(rows.at(-1)).toMatchObject({ number: 2, content: { json: {} } });
  });

  test('that never end are held in parts only', async () => {
    async function* endless() {
      for (let sent = 0; sent < 40; sent += 1) yield Buffer.alloc(LINE_MAX_BYTES / 4, 'x');
    }
    for await (const { bytes } of splitLines(endless()))
      expect(bytes.length).toBeLessThanOrEqual(1.25 * LINE_MAX_BYTES);
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
  ])('with a member that is there twice are rejected by its name: %s', async (_where, line, rejected) => {
    expect(await json(line)).toMatchObject([{ content: { rejected } }]);
  });

  test('may have a name twice in two objects, or as a value', async () => {
    const line = '{"a":{"x":1},"b":{"x":1},"c":["x","x",{"x":"a"},{"x":"a"}]}';
    expect(await json(line)).toMatchObject([{ content: { json: { a: { x: 1 } } } }]);
  });

  test('nested beyond all measure are rejected, and those after them are not', async () => {
    expect(await json('['.repeat(200_000), ']'.repeat(200_000), '\n{}')).toMatchObject([
      { content: { rejected: 'is nested too deeply' } },
      { content: { json: {} } },
    ]);
  });

  test('are none in an empty file', async () => {
    expect(await json('')).toEqual([]);
  });
});

const COLUMNS = 'accountId,name,phone,registered.provider,registered.subject';

describe('records of CSV', () => {
  test('say what a line of JSON would: an empty cell is no member', async () => {
    const header = `\ufeff${COLUMNS},links.0.provider,links.0.subject,links.1.provider,links.1.subject,revision,status\r\n`;
    const rows = await csv(
      header,
      'a1,"小明, ""云""",,qq,u1,,,wechat,u2,7,suspended\r\n\r\na2,x,+1,email,y,,,,,,',
    );
    expect(rows).toMatchObject([
      {
        number: 2,
        content: {
          json: {
            accountId: 'a1',
            name: '小明, "云"',
            registered: { provider: 'qq', subject: 'u1' },
            links: [{ provider: 'wechat', subject: 'u2' }],
            revision: 7,
            status: 'suspended',
          },
        },
      },
      { number: 4, content: { json: { accountId: 'a2', phone: '+1', links: [] } } },
    ]);
    expect(rows[0]?.content).not.toHaveProperty('json.phone');
    expect(rows[1]?.content).not.toHaveProperty('json.status');
  });

  test('may have several lines, and are read on from between any two', async () => {
    const source = sourceOf(`${COLUMNS}\n`, 'a1,"two\nlines",,qq,u1\n', 'a2,"one",,qq,u2\n');
    const [first, second] = await rowsOf('csv', source);
    expect(first?.content).toMatchObject({ json: { name: 'two\nlines' } });
    expect(second).toMatchObject({ number: 4, content: { json: { accountId: 'a2' } } });
    const rest = await rowsOf('csv', source, { line: 3, byte: first?.endByte ?? 0 });
    expect(rest).toEqual([second]);
  });

  test('that are wrong are rejected, each by itself', async () => {
    const wrong = ['a1,short', 'a2,"x"y,,qq,u2', 'a3,x"y",,qq,u3', Buffer.from([0xff])];
    const rows = await csv(`${COLUMNS}\n`, ...wrong.flatMap((line) => [line, '\n']), 'a4,good,,qq,u4\n');
    expect(rows.map(({ number, content }) => [number, content])).toEqual([
      [2, { rejected: 'has 2 cells where there are 5 columns' }],
      [3, { rejected: 'has a quote in the wrong place' }],
      [4, { rejected: 'has a quote in the wrong place' }],
      [5, { rejected: 'is not valid UTF-8' }],
      [6, { json: expect.objectContaining({ accountId: 'a4' }) }],
    ]);
  });

  test('that open a quote and never close it hold no more than a record can have', async () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => `b${index},x,,qq,v${index}\n`).join('');
    const rows = await csv(`${COLUMNS}\n`, 'a1,"x,,qq,u1\n', lines);
    expect(rows[0]).toMatchObject({ number: 2, content: { rejected: 'opens a quote that is not closed' } });
    expect(rows[0]?.bytes.length).toBeLessThan(66_000);
    expect(rows[1]).toMatchObject({ content: { json: { registered: { provider: 'qq' } } } });
    expect(rows.at(-1)?.content).toMatchObject({ json: { accountId: 'b3999' } });
  });

  test.each([
    ['nothing', '', 'there is no line at all'],
    ['no names', 'a1,x,,qq,u1', '"accountId", "name", "registered.provider", "registered.subject" missing'],
    ['other separators', COLUMNS.replaceAll(',', ';'), '"accountId", "name"'],
    ['a column that is none', `${COLUMNS},password`, '"password" is none of accountId, name'],
    ['a column twice', `${COLUMNS},phone`, '"phone" is there twice'],
    ['wrong quotes', `"${COLUMNS}`, 'its quotes are wrong'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x61]), 'it is not valid UTF-8'],
  ])('need a first line that names the columns: %s is none', async (_what, header, why) => {
    await expect(csv(header)).rejects.toThrow(`The first line of CSV must name the columns: ${why}`);
  });
});
