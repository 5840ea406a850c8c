import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { importFile, summaryLine } from '../../local/import/import-file.ts';
import type { Importer, Outcome } from '../../local/import/import-rows.ts';
import { Pulse } from '../../local/import/progress.ts';
import { openSource } from '../../local/import/source.ts';
import { tableImporter } from '../../local/import/table-importer.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const folder = mkdtempSync(join(tmpdir(), 'account-linking-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function newFile(lines: readonly (string | object)[], end = 'jsonl'): string {
  const path = join(folder, `${++files}.${end}`);
  writeFileSync(
    path,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return path;
}

const newAccount = (accountId: string, changes: object = {}) => ({
  accountId,
  name: 'x',
  registered: { provider: 'email', subject: `${accountId}@example.com` },
  ...changes,
});

interface Run {
  readonly rejects?: string;
  readonly signal?: AbortSignal;
  readonly importer?: Importer<never>;
  readonly table?: string;
}

/** Imports a file, and says in words what came of it. */
async function run(path: string, { rejects, signal, importer, table = 'a table' }: Run = {}) {
  const notes: string[] = [];
  const reasons: string[] = [];
  const until = signal ?? new AbortController().signal;
  const ending = await importFile({
    source: await openSource(path, until),
    format: path.endsWith('.csv') ? 'csv' : 'ndjson',
    importer: importer ?? tableImporter(world.table, world.dependencies.phoneKeys),
    table,
    rejects,
    display: { update: () => undefined, print: (line) => reasons.push(line), stop: () => undefined },
    signal: until,
    note: (text) => notes.push(text),
  });
  return { ending, summary: summaryLine(ending), notes, reasons };
}

interface Account {
  readonly accountId: string;
  readonly parentId?: string;
}

/** A table that only knows which accounts there are; interrupted as it gets one, or failing there. */
function fakeTable(
  { interruptAt, failAt }: { interruptAt?: string; failAt?: string } = {},
  ids = new Set<string>(),
) {
  const interruption = new AbortController();
  const write = async ({ accountId, parentId }: Account): Promise<Outcome> => {
    if (accountId === failAt) throw new Error('down');
    if (accountId === interruptAt) interruption.abort();
    if (parentId && !ids.has(parentId)) return { rejected: 'no parent', isEarly: true };
    if (ids.has(accountId)) return 'unchanged';
    ids.add(accountId);
    return 'added';
  };
  const parse = (json: unknown) => ({ record: json as Account });
  const importer: Importer<Account> = { parse, write, topics: ({ accountId }) => [accountId] };
  return { ids, importer: importer as Importer<never>, signal: interruption.signal };
}

describe('a file', () => {
  test('is imported into a table, and says what is wrong with which line', async () => {
    const path = newFile([newAccount('f1'), '{oops', newAccount('f2', { name: '' }), newAccount('f1')]);
    const { ending, summary, reasons } = await run(path);
    expect(summary).toBe('1 added, 0 updated, 1 unchanged, 2 rejected');
    expect(reasons).toEqual(['line 2: is not valid JSON', expect.stringMatching(/^line 3: name: /)]);
    expect(ending).toMatchObject({ isInterrupted: false, line: 4 });
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
  });

  test('may have a sub-account before its parent', async () => {
    const child = newAccount('g1-child', { parentId: 'g1' });
    const orphan = newAccount('g2-child', { parentId: 'nobody' });
    const { summary, reasons } = await run(newFile([child, orphan, newAccount('g1')]));
    expect(summary).toBe('2 added, 0 updated, 0 unchanged, 1 rejected');
    expect(reasons).toEqual(['line 2: parentId: there is no such account']);
    expect((await world.items()).get('ACCOUNT#g1-child/PROFILE')).toMatchObject({ parentId: 'g1' });
  });

  test('that is interrupted is gone on with where it was, and counted as one', async () => {
    const accounts = Array.from({ length: 400 }, (_, index) => newAccount(`h${index}`));
    const path = newFile(['{oops', newAccount('h-child', { parentId: 'h399' }), ...accounts]);
    const rejects = `${path}.rejects`;
    const before = fakeTable({ interruptAt: 'h20' });
    const first = await run(path, { rejects, ...before });
    const { line, canGoOn, added } = first.ending;
    expect(first.ending).toMatchObject({ isInterrupted: true, rejected: 1 });
    expect([canGoOn, added < 400]).toEqual([true, true]);
    const { ids, importer } = fakeTable({}, before.ids);
    const second = await run(path, { rejects, importer });
    expect(second.notes).toEqual([expect.stringContaining(`Going on after line ${line}`)]);
    expect(second.summary).toBe('401 added, 0 updated, 0 unchanged, 1 rejected');
    expect(readFileSync(rejects, 'utf8')).toBe('# rejected: line 1: is not valid JSON\n{oops\n');
    expect(existsSync(`${path}.checkpoint`)).toBe(false);
    expect(ids.size).toBe(401);
  });

  test.each([
    ['has changed', (path: string) => writeFileSync(path, `${readFileSync(path, 'utf8')}\n`), {}],
    ['goes to a table that was made anew', () => undefined, { table: 'another' }],
    ['has a checkpoint that is none', (path: string) => writeFileSync(`${path}.checkpoint`, '{'), {}],
  ])('that %s begins with its first line, and is not written twice', async (_what, change, options) => {
    const path = newFile(Array.from({ length: 400 }, (_, index) => newAccount(`i${index}`)));
    const before = fakeTable({ interruptAt: 'i4' });
    const { ending } = await run(path, before);
    change(path);
    const { notes, summary } = await run(path, { ...options, ...fakeTable({}, before.ids) });
    expect(notes).toEqual([expect.stringMatching(/^Beginning with the first line/)]);
    expect(summary).toBe(`${400 - ending.added} added, 0 updated, ${ending.added} unchanged, 0 rejected`);
  });

  test('goes on after a failure of the table, which is told', async () => {
    const path = newFile([newAccount('j1'), newAccount('j2'), newAccount('j3')]);
    const before = fakeTable({ failAt: 'j2' });
    const { ending } = await run(path, before);
    expect(ending).toMatchObject({ added: 1, line: 1, canGoOn: true, failure: new Error('down') });
    // What was written beside the one that failed is there already.
    const { summary } = await run(path, fakeTable({}, before.ids));
    expect(summary).toBe('2 added, 0 updated, 1 unchanged, 0 rejected');
  });
});

describe('the rejected lines', () => {
  test('are kept byte by byte, and can be imported once they are mended', async () => {
    const lines = [
      '{"accountId":"k1"}\r',
      '\ufeff{oops',
      `${'x'.repeat(1024 * 1024)}"long`,
      newAccount('k2'),
    ];
    const path = newFile(lines);
    const rejects = join(folder, 'k.rejects.jsonl');
    expect((await run(path, { rejects })).summary).toBe('1 added, 0 updated, 0 unchanged, 3 rejected');
    const text = readFileSync(rejects, 'utf8');
    expect(text.split('\n').filter((line) => !line.startsWith('# rejected: '))).toEqual([
      ...lines.slice(0, 3),
      '',
    ]);
    writeFileSync(rejects, text.replace('{"accountId":"k1"}', JSON.stringify(newAccount('k1'))));
    const again = await run(rejects);
    expect(again.summary).toBe('1 added, 0 updated, 0 unchanged, 2 rejected');
  });

  test('of CSV keep their header', async () => {
    const header = 'accountId,name,registered.provider,registered.subject';
    const path = newFile([header, 'l1,"",email,l1@example.com', 'l2,"a\nb",email,l2@example.com'], 'csv');
    const rejects = join(folder, 'l.rejects.csv');
    await run(path, { rejects });
    const text = readFileSync(rejects, 'utf8');
    expect(text.split('\n')).toEqual([
      header,
      expect.stringMatching(/^# rejected: line 2: name: /),
      'l1,"",email,l1@example.com',
      '',
    ]);
    writeFileSync(rejects, text.replace('""', 'mended'));
    expect((await run(rejects)).summary).toBe('1 added, 0 updated, 0 unchanged, 0 rejected');
  });

  test('make no file where there are none', async () => {
    const rejects = join(folder, 'none.rejects');
    await run(newFile([newAccount('m1')]), { rejects });
    expect(existsSync(rejects)).toBe(false);
  });

  test('never take the place of a file, least of all of the one that is imported', async () => {
    const path = newFile(['{oops']);
    await expect(run(path, { rejects: path })).rejects.toThrow(/is what is imported/);
    const rejects = newFile(['precious']);
    await expect(run(path, { rejects })).rejects.toThrow(/is there already/);
    expect([readFileSync(path, 'utf8'), readFileSync(rejects, 'utf8')]).toEqual(['{oops\n', 'precious\n']);
  });
});

test.each([
  ['is not there', join(folder, 'nothing'), /nothing is not there\.$/],
  ['is a directory', folder, /is a directory\.$/],
])('what %s is said to be so', async (_what, path, sentence) => {
  await expect(run(path)).rejects.toThrow(sentence);
});

test('progress tells the rate of late, and the time left by it', () => {
  const pulse = new Pulse(1_000_000);
  const step = (rows: number, throttled = 0) => ({ rows, bytes: rows * 100, throttled });
  expect(pulse.words(step(0), 0)).toBe('0 accounts');
  expect(pulse.words(step(1_000), 10)).toBe('1,000 accounts, 100 a second, about 2 min left');
  expect(pulse.words(step(1_200, 7), 30)).toBe(
    '1,200 accounts, 10 a second, about 15 min left, throttled 7 times',
  );
  expect(new Pulse(undefined).words(step(5), 1)).toBe('5 accounts');
});
