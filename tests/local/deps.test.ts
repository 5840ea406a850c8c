import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isAllowed, type Lockfile, licenceFaults, readLockfile, shippedPackages } from '../../local/deps.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('every package has a licence that is allowed where the package is used', () => {
  const lockfile = readLockfile();
  const shipped = shippedPackages(lockfile);
  // The service’s own, and the page’s.
  for (const name of ['@middy/core', '@smithy/core', 'tslib', 'react', 'scheduler', 'tdesign-react'])
    expect(shipped).toContain(`node_modules/${name}`);
  expect(shipped).not.toContain('node_modules/jest');
  expect(licenceFaults(lockfile, shipped)).toEqual([]);
});

test('the lockfile has the licences that the installed packages name', () => {
  const lockfile = readLockfile();
  for (const path of shippedPackages(lockfile)) {
    const { license } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
    expect([path, lockfile.packages[path]?.license]).toEqual([path, license]);
  }
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['AGPL-3.0-or-later', false],
  ['MIT OR (Apache-2.0 AND GPL-3.0-only)', false],
  ['GPL-2.0-only WITH Classpath-exception-2.0', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['', false],
  [undefined, false],
])('%s is allowed: %s', (licence, expected) => {
  expect(isAllowed(licence, ['MIT', 'Apache-2.0'])).toBe(expected);
});

describe('a licence that is for tools alone', () => {
  const lockfile: Lockfile = {
    packages: {
      '': { dependencies: { shipped: '1' }, devDependencies: { tool: '1' } },
      'node_modules/shipped': { version: '1.0.0', license: 'MIT', dependencies: { needed: '2' } },
      'node_modules/shipped/node_modules/needed': { version: '2.0.0', license: 'MPL-2.0' },
      'node_modules/tool': { version: '1.0.0', license: 'MPL-2.0', dependencies: { needed: '1' } },
      'node_modules/needed': { version: '1.0.0' },
    },
  };

  test('is found where it is shipped, however deep, and a package without one wherever it is', () => {
    expect(licenceFaults(lockfile, shippedPackages(lockfile))).toEqual([
      'needed 2.0.0: MPL-2.0, and is shipped',
      'needed 1.0.0: names no licence',
    ]);
  });
});
