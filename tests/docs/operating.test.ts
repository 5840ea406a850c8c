import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DEVICE_SECONDS } from '../../lib/linking/device.ts';
import { UNDO_SECONDS } from '../../lib/linking/rules.ts';
import { METRICS } from '../../lib/observe.ts';

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operating.md'), 'utf8');
const section = document.split(/^## /m).find((part) => part.startsWith('What to watch')) ?? '';
const namesIn = (text: string) => [...text.matchAll(/`([A-Za-z]+)`/g)].flatMap(([, name]) => name ?? []);

test('docs/operating.md has every metric, each in one row', () => {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => namesIn(row.split('|')[1] ?? ''));
  expect(listed.toSorted()).toEqual([...METRICS].toSorted());
});

test('docs/operating.md keeps a previous key for as long as what it made is good', () => {
  const [, days, hours] =
    /\*\*Remove\*\* the old one after (\d+) days[^.]*; or after (\d+) hours/.exec(document) ?? [];
  expect([Number(days) * 86_400, Number(hours) * 3_600]).toEqual([DEVICE_SECONDS, UNDO_SECONDS]);
});
