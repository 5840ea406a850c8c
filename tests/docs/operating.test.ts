import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DEVICE_SECONDS } from '../../lib/linking/device.ts';
import { UNDO_SECONDS } from '../../lib/linking/rules.ts';
import { METRICS } from '../../lib/observe.ts';

interface Alarms {
  readonly Resources: Record<
    string,
    { Type: string; Properties: { Namespace?: string; MetricName?: string } }
  >;
}
const alarms: () => Promise<Alarms> = createRequire(import.meta.url)('../../infrastructure/alarms.cjs');
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

test('docs/operating.md says which of them raise an alarm', async () => {
  const [, sentence = ''] = /\n\n([^\n]*(?:\n[^\n]+)* and the queues below raise)/.exec(section) ?? [];
  const { Resources } = await alarms();
  const raising = Object.values(Resources).flatMap(({ Properties: properties }) =>
    properties.Namespace === 'AccountLinking' ? [properties.MetricName] : [],
  );
  expect(namesIn(sentence).toSorted()).toEqual(raising.toSorted());
});
