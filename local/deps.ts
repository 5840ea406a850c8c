import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run deps`: holds the licence of every package of the lockfile against the lists below, and prints which packages have newer versions.
 * The first needs no network; the exit status says how it came out.
 */

const ROOT = join(import.meta.dirname, '..');

/** What is handed on to others, in a bundle of a function or of the page: permissive licences, which ask for a notice at most. */
const SHIPPED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

/** What is only run here may also have one that binds whoever changes or hands on the tool itself, or its data. */
const TOOLS = [
  ...SHIPPED,
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
  'Zlib',
];

/** As much of a package in the lockfile, by its path such as `node_modules/a/node_modules/b`, as is needed. */
interface Locked {
  readonly version?: string;
  /** An SPDX expression, of the package's own package.json. */
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  /** The one at `''` is this package. */
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * Whether a licence is allowed: one of the list, any one of several joined by OR, all of those joined by AND (SPDX 3, annex B). What is nested deeper
 * than that, or names an exception, is for a person to read.
 */
export function isAllowed(licence: string | undefined, allowed: readonly string[]): boolean {
  const plain = (licence ?? '').replace(/^\((.*)\)$/, '$1');
  if (/[()]| WITH |OR.* AND | AND .*OR/.test(plain)) return false;
  if (plain.includes(' OR ')) return plain.split(' OR ').some((one) => allowed.includes(one));
  return plain.split(' AND ').every((one) => allowed.includes(one));
}

/** Where Node finds a package that another one asks for: in its own folder, or the next one above. */
function locate({ packages }: Lockfile, from: string, name: string): string | undefined {
  const path = join(from, 'node_modules', name);
  if (packages[path]) return path;
  return from === ''
    ? undefined
    : locate({ packages }, from.replace(/(^|\/)node_modules\/[^/]*(\/[^/]*)?$/, ''), name);
}

/** The paths of some packages and of all that they need. */
function closure(lockfile: Lockfile, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const path = locate(lockfile, from, name);
    // An optional or peer dependency that is not there.
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = lockfile.packages[path] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(path, needed);
  };
  for (const name of names) visit('', name);
  return found;
}

/** The packages that the sources of page, element and client import: they are devDependencies, and end up in a browser all the same. */
function importedByPage(): string[] {
  const files = ['console/src', 'console/element', 'client/src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(ROOT, folder, name)),
  );
  const imports = files.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/(?:from|import) '((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/g),
  ]);
  return [...new Set(imports.map(([, name = '']) => name))];
}

export const readLockfile = (): Lockfile =>
  JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile;

/** The paths of all packages whose code ends up in a bundle. */
export function shippedPackages(lockfile: Lockfile): ReadonlySet<string> {
  const { dependencies = {} } = lockfile.packages[''] ?? {};
  return closure(lockfile, [...Object.keys(dependencies), ...importedByPage()]);
}

/** The packages whose licences are not allowed where they are used, each with its licence; those a person has to look at. */
export function licenceFaults(lockfile: Lockfile, shipped: ReadonlySet<string>): string[] {
  return Object.entries(lockfile.packages).flatMap(([path, { license, version }]) => {
    if (path === '' || isAllowed(license, shipped.has(path) ? SHIPPED : TOOLS)) return [];
    const name = path.replace(/^.*node_modules\//, '');
    return [
      `${name} ${version}: ${license ?? 'names no licence'}${shipped.has(path) ? ', and is shipped' : ''}`,
    ];
  });
}

if (import.meta.main) {
  const lockfile = readLockfile();
  const shipped = shippedPackages(lockfile);
  const faults = licenceFaults(lockfile, shipped);
  const count = Object.keys(lockfile.packages).length - 1;
  console.log(
    faults.length === 0
      ? `The licences of all ${count} packages are allowed; ${shipped.size} of them are shipped.\n`
      : `Not allowed, by the lists in local/deps.ts:\n${faults.join('\n')}\n`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
  console.log('Newer versions:');
  // Its own exit status says whether there are any.
  await once(spawn('npm', ['outdated'], { cwd: ROOT, stdio: 'inherit' }), 'close');
}
