import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { CHANGED_FILES } from '../support/third-provider.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const rows = [...read('docs/adding-a-provider.md').matchAll(/^\| `([^`]+)` \| (new)?/gm)].map(
  ([, path = '', isNew]) => ({ path, isNew: isNew !== undefined }),
);
const listed = rows.map(({ path }) => path);

/** Those that know QQ for another reason than that people sign in with it. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'infrastructure/settings.ts': 'its placeholders, which another provider need not have',
  'local/doctor/main.ts': 'a check of its app, which works without one',
  'local/doctor/providers.ts': 'a check of its app, which works without one',
  'console/src/devices/name.ts': 'QQ Browser',
  'lib/linking/browsers.ts': 'QQ Browser',
  'console/page-settings.ts': 'what is on by default',
  'local/start.ts': 'what to try first',
};
/** What a third provider has files of its own for. */
const OF_QQ = /^lib\/providers\/qq\.ts$|^local\/providers\/qq-/;
/** People and requests that a third provider has no need of. */
const SAMPLES = /^events\/|^local\/demo-accounts\.jsonl$/;
/** Written by the command that writes another one, which stands for all: the schemas of events, and the contract. */
const WRITTEN = /^docs\/events\/(?!identity\.linked\.v1\.json$)|^client\/src\/contract\.ts$/;

/** Without comments: what is only told of QQ need not be told of others. */
function code(path: string): string {
  const text = read(path);
  return /\.(ts|tsx|cjs|js|css)$/.test(path) ? text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, '') : text;
}

test('docs/adding-a-provider.md lists every file whose code knows QQ by name', () => {
  const folders = [
    'lib',
    'functions',
    'client/src',
    'console',
    'local',
    'infrastructure',
    'events',
    'docs/events',
  ];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );
  files.push('serverless.yml');
  expect(files.length).toBeGreaterThan(100);
  const isLeftOut = (path: string) => [OF_QQ, SAMPLES, WRITTEN].some((pattern) => pattern.test(path));
  const knowing = files.filter((path) => !isLeftOut(path) && /qq/i.test(code(path)));
  const expected = [...listed.filter((path) => knowing.includes(path)), ...Object.keys(EXCEPTIONS)];
  expect(knowing.toSorted()).toEqual(expected.toSorted());
});

test('what it lists is there, knows QQ as it would know another, and is not more than it says', () => {
  const others = ['CHANGELOG.md'];
  for (const { path, isNew } of rows.filter((row) => !others.includes(row.path))) {
    expect([path, isNew]).toEqual([path, !existsSync(join(ROOT, path))]);
    // A new file is to a new provider what there is of QQ.
    const known = isNew ? path.replace('wecom', 'qq') : path;
    expect([known, /qq/i.test(code(known))]).toEqual([known, true]);
  }
  expect(read('docs/adding-a-provider.md')).toContain(`It is ${rows.length} files in all.`);
  expect(rows.length).toBeLessThanOrEqual(25);
  expect(listed).toEqual(expect.arrayContaining(CHANGED_FILES));
});
