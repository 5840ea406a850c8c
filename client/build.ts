import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { OLDEST_BROWSERS } from '../console/browsers.ts';

/**
 * `npm run build:client`: writes client/dist, which is all that is published. One script that has everything in it, and declarations that
 * stand alone: nothing has to be installed with them.
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..');
const IMPORT = /(?<=from '\.\/[\w-]+)\.ts(?=')/g;

/** Writes all of the client as one module. */
export async function writeScript(file: string): Promise<void> {
  await build({
    entryPoints: [join(HERE, 'src', 'index.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: ['node22', ...OLDEST_BROWSERS],
    logLevel: 'warning',
  });
}

/** Those that the package's own lead to, one by one. */
async function copyDeclarations(
  from: string,
  to: string,
  name = 'index',
  seen = new Set<string>(),
): Promise<void> {
  if (seen.has(name)) return;
  seen.add(name);
  const declarations = await readFile(join(from, `${name}.d.ts`), 'utf8');
  await writeFile(join(to, `${name}.d.ts`), declarations.replaceAll(IMPORT, '.js'));
  for (const [, imported = ''] of declarations.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
    const next = /^\.\/([\w-]+)\.ts$/.exec(imported)?.[1];
    if (next === undefined) throw new Error(`${name}.d.ts leads out of the client, to ${imported}`);
    await copyDeclarations(from, to, next, seen);
  }
}

async function writeDeclarations(folder: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'account-linking-client-'));
  const emit = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    ROOT,
    '--outDir',
    scratch,
  ];
  try {
    await promisify(execFile)(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', HERE, ...emit]);
    await copyDeclarations(join(scratch, 'client', 'src'), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What is in the script besides ours, and asks to be named. */
async function writeLicences(folder: string): Promise<void> {
  await copyFile(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  const zod = await readFile(join(ROOT, 'node_modules', 'zod', 'LICENSE'), 'utf8');
  await writeFile(join(folder, 'THIRD-PARTY.txt'), `index.js has parts of zod (https://zod.dev):\n\n${zod}`);
}

/** Writes the package, as it is published, into an empty folder. */
export async function buildClient(folder: string): Promise<void> {
  const dist = join(folder, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all([writeScript(join(dist, 'index.js')), writeDeclarations(dist), writeLicences(dist)]);
  if (folder === HERE) return;
  for (const file of ['package.json', 'README.md']) await cp(join(HERE, file), join(folder, file));
}

if (import.meta.main) {
  await buildClient(HERE);
  console.log((await readdir(join(HERE, 'dist'))).join('\n'));
}
