import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, path = '']) => path);

test('every test, source and page that SECURITY.md leads to is there', () => {
  const tests = named(/`([a-z-]+\/[a-z-]+\.test\.ts)`/g);
  expect(tests.length).toBeGreaterThan(30);
  for (const path of tests) expect([path, existsSync(join(ROOT, 'tests', path))]).toEqual([path, true]);
  for (const path of [
    ...named(/`((?:lib|infrastructure)\/(?!.*\.test)[\w./-]+)`/g),
    ...named(/\]\(([\w./-]+)\)/g),
  ])
    expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
});

test('every row of the threat model names what proves it', () => {
  const [, model = ''] = /## Threat model([\s\S]*?)###/.exec(text) ?? [];
  const rows = model.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| asset'));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/\.test\.ts` \|$/);
});
