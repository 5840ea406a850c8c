import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  ASSERTION_MAX_SECONDS,
  ASSERTION_TOLERANCE_SECONDS,
  JTI_KEPT_SECONDS,
} from '../../lib/linking/assertion.ts';
import { DAY_SECONDS } from '../../lib/linking/rules.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
/** Without its indentation, which a page has no use for. */
const plain = (code: string) => code.replace(/^ +/gm, '');

const SOURCES = ['local/sample/assertions.ts', 'local/sample/backend.ts', 'console/sample/sample.js'];
const running = SOURCES.map((path) => plain(read(path))).join('\n');

test.each(['own-login.md', 'own-login.zh.md'])('docs/%s shows the code that the local world runs', (page) => {
  const blocks = [...read('docs', page).matchAll(/^```[jt]s\n([\s\S]*?)\n```$/gm)].map(
    ([, code = '']) => code,
  );
  expect(blocks).toHaveLength(3);
  for (const block of blocks) expect(running).toContain(plain(block));
});

test.each(['own-login.md', 'own-login.zh.md'])('docs/%s says how long what is good', (page) => {
  const text = read('docs', page);
  for (const seconds of [ASSERTION_MAX_SECONDS, ASSERTION_TOLERANCE_SECONDS])
    expect(text).toMatch(new RegExp(`\\b${seconds} (s\\b|秒)`));
  expect(JTI_KEPT_SECONDS).toBe(DAY_SECONDS);
});
