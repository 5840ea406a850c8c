import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTable, localClient, startDynamoDBLocal } from '../local/dynamodb.ts';
import type { RunFigures } from './import-run.ts';

/**
 * `npm run bench:import -- [--table N] [--answering N] [--write-price P] [--read-price P]`: what an import takes.
 *
 * N accounts (100,000) go to DynamoDB Local: new, then as they are, and then a tenth of them with another phone. N (1,000,000) go to a store that only
 * answers, which is an import's own speed and memory. Seconds are those of this machine, and of DynamoDB Local on it; what counts are units, which are
 * those of AWS, memory, and the last tenth's ratio to the first: an import must not become slower or larger as it goes on.
 */

const TABLE = 'account-linking-bench';
const TIMES = 1_000_000;
/** What a new on-demand table takes at first, per second. */
const FIRST_UNITS_PER_SECOND = 4_000;

/** One in so many changes: enough to measure. */
const CHANGED_PART = 10;

type Kind = 'new' | 'new, no sub-accounts' | 'changed';

/** As accounts are: one in three has a WeChat, one in ten is a sub-account of the one before, with no phone. A store that only answers knows no parent. */
function line(index: number, kind: Kind): string {
  const isSubAccount = kind !== 'new, no sub-accounts' && index % 10 === 9;
  const phone = `+86${kind === 'changed' ? 139 : 138}${String(index).padStart(8, '0')}`;
  return JSON.stringify({
    accountId: `${100_000_000 + index}`,
    name: `示例客户 ${index}`,
    phone: isSubAccount ? null : phone,
    registered: { provider: 'email', subject: `customer.${index}@example.com` },
    registeredAt: '2020-07-23T06:41:05Z',
    links: index % 3 === 0 ? [{ provider: 'wechat', subject: `oBench_${index}`, display: '小明' }] : [],
    parentId: isSubAccount ? `${100_000_000 + index - 1}` : null,
    ...(kind === 'changed' && { revision: 2 }),
  });
}

async function writeLines(path: string, count: number, kind: Kind): Promise<void> {
  const file = createWriteStream(path);
  for (let index = 0; index < count; index += 1)
    if (!file.write(`${line(index, kind)}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}

/** Its marks show at once: a run that is ended early has not been for nothing. */
async function importOnce(path: string, lines: number, endpoint?: string): Promise<RunFigures> {
  const script = join(import.meta.dirname, 'import-run.ts');
  const args = ['--expose-gc', script, path, String(lines), ...(endpoint ? [endpoint] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code, signal] = await once(child, 'close');
  const [, json] = /^FIGURES (.*)$/m.exec(output) ?? [];
  if (json === undefined) throw new Error(`the import ended with ${signal ?? code}`);
  return JSON.parse(json) as RunFigures;
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

function row(name: string, figures: RunFigures) {
  const {
    added,
    updated,
    unchanged,
    rejected,
    seconds,
    processorSeconds,
    peakMebibytes,
    writeUnits,
    readUnits,
  } = figures;
  const accounts = added + updated + unchanged + rejected;
  return {
    import: name,
    ...{ added, updated, unchanged, rejected },
    seconds: round(seconds),
    'accounts/s': Math.round(accounts / seconds),
    'accounts/processor s': Math.round(accounts / processorSeconds),
    'peak MiB': Math.round(peakMebibytes),
    'write units/account': round(writeUnits / accounts, 2),
    'read units/account': round(readUnits / accounts, 2),
  };
}

/** What a tenth of the accounts took, and the memory at its end. */
function tenths({ marks }: RunFigures) {
  return marks.map(({ accounts, seconds, heapMebibytes, residentMebibytes }, index) => {
    const before = marks[index - 1] ?? { accounts: 0, seconds: 0 };
    return {
      accounts,
      'accounts/s': Math.round((accounts - before.accounts) / (seconds - before.seconds)),
      'heap MiB': round(heapMebibytes),
      'resident MiB': round(residentMebibytes),
    };
  });
}

/** The last tenth in parts of the second: the first one also starts the program. */
function ratios(figures: RunFigures): string {
  const rows = tenths(figures);
  const [, second] = rows;
  const last = rows.at(-1);
  if (second === undefined || last === undefined) return '';
  const ratio = (of: 'accounts/s' | 'heap MiB' | 'resident MiB') => (last[of] / second[of]).toFixed(2);
  return `last tenth / second tenth: rate ${ratio('accounts/s')}, heap ${ratio('heap MiB')}, resident ${ratio('resident MiB')}`;
}

/** What follows for a million accounts. */
function million(name: string, figures: RunFigures, prices: { write: number; read: number }) {
  const accounts = figures.added + figures.updated + figures.unchanged;
  const write = (figures.writeUnits / accounts) * TIMES;
  const read = (figures.readUnits / accounts) * TIMES;
  return {
    'a million accounts': name,
    'write units': Math.round(write),
    'read units': Math.round(read),
    USD: round((write * prices.write + read * prices.read) / 1_000_000, 2),
    'minutes at 4,000 write units/s': round(write / FIRST_UNITS_PER_SECOND / 60, 0),
  };
}

async function measureTable(folder: string, lines: number): Promise<[string, RunFigures][]> {
  const dynamodb = await startDynamoDBLocal();
  try {
    const client = localClient(dynamodb.endpoint);
    await createTable(client, TABLE, { expiring: false });
    client.destroy();
    const path = join(folder, 'table.jsonl');
    await writeLines(path, lines, 'new');
    const added = await importOnce(path, lines, dynamodb.endpoint);
    const unchanged = await importOnce(path, lines, dynamodb.endpoint);
    const changed = Math.ceil(lines / CHANGED_PART);
    await writeLines(path, changed, 'changed');
    const updated = await importOnce(path, changed, dynamodb.endpoint);
    return [
      ['new', added],
      ['unchanged', unchanged],
      ['another phone', updated],
    ];
  } finally {
    await dynamodb.stop();
  }
}

async function measureAnswering(folder: string, lines: number): Promise<RunFigures> {
  const path = join(folder, 'answering.jsonl');
  await writeLines(path, lines, 'new, no sub-accounts');
  return importOnce(path, lines);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      table: { type: 'string', default: '100000' },
      answering: { type: 'string', default: '1000000' },
      'write-price': { type: 'string', default: '0.625' },
      'read-price': { type: 'string', default: '0.125' },
    },
  });
  const prices = {
    write: count('write-price', values['write-price']),
    read: count('read-price', values['read-price']),
  };
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-bench-'));
  try {
    const [ofTable, ofAnswering] = [count('table', values.table), count('answering', values.answering)];
    console.log(
      `Node ${process.versions.node}; USD ${prices.write} and ${prices.read} a million write and read units`,
    );
    if (ofTable > 0) {
      const measured = await measureTable(folder, ofTable);
      console.log(`\n${ofTable} accounts, DynamoDB Local`);
      console.table(measured.map(([name, figures]) => row(name, figures)));
      console.table(measured.map(([name, figures]) => million(name, figures, prices)));
    }
    if (ofAnswering > 0) {
      const figures = await measureAnswering(folder, ofAnswering);
      console.log(`\n${ofAnswering} accounts, a store that only answers`);
      console.table([row('new', figures)]);
      console.table(tenths(figures));
      console.log(ratios(figures));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
