import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';

/** Bundles, as serverless.yml says: what a deployment would run is what is measured. */

export const ROOT = join(import.meta.dirname, '..', '..');

const run = promisify(execFile);

interface ServerlessFile {
  readonly custom: { readonly esbuild: Readonly<Record<string, unknown>> };
  readonly provider: { readonly environment: Readonly<Record<string, string>> };
  readonly functions: Readonly<Record<string, { readonly handler: string }>>;
}

const readServerless = (tree: string) =>
  parse(readFileSync(join(tree, 'serverless.yml'), 'utf8')) as ServerlessFile;

/** The settings of a tree's serverless.yml, as infrastructure/bundle.cjs gives them to esbuild. */
function buildOptions(tree: string): BuildOptions & { outExtension: Record<string, string> } {
  const { outputFileExtension, ...settings } = readServerless(tree).custom.esbuild;
  // Of the plugin that revisions before had.
  const { exclude, concurrency: _concurrency, skipRebuild: _skipRebuild, ...options } = settings;
  return {
    ...options,
    ...(exclude !== undefined && { external: exclude as string[] }),
    outExtension: { '.js': String(outputFileExtension) },
    absWorkingDir: tree,
    logLevel: 'warning',
  };
}

/** The bundle of each function, or of whatever else, by its name. */
export type Bundles = Readonly<Record<string, string>>;

async function bundle(
  options: ReturnType<typeof buildOptions>,
  entryPoints: Readonly<Record<string, string>>,
  outdir: string,
  isMapped = false,
): Promise<Bundles> {
  await build({ ...options, entryPoints, outdir, ...(isMapped && { sourcemap: 'external' }) });
  const extension = options.outExtension['.js'];
  return Object.fromEntries(
    Object.keys(entryPoints).map((name) => [name, join(outdir, `${name}${extension}`)]),
  );
}

/**
 * Bundles functions of a tree as its own serverless.yml says.
 *
 * @param options.names all of them where it is left out
 * @param options.isMapped whether source maps are written, beside the bundles and without a word of them in there
 */
export function bundleService(
  tree: string,
  outdir: string,
  { names, isMapped = false }: { names?: readonly string[] | undefined; isMapped?: boolean } = {},
): Promise<Bundles> {
  const { functions } = readServerless(tree);
  const entryPoints = Object.fromEntries(
    Object.entries(functions)
      .filter(([name]) => names?.includes(name) ?? true)
      .map(([name, { handler }]) => [name, join(tree, `${handler.replace(/\.\w+$/, '')}.ts`)]),
  );
  return bundle(buildOptions(tree), entryPoints, outdir, isMapped);
}

/** Bundles better-auth as the working tree's functions are. */
export async function bundlePeer(outdir: string): Promise<string> {
  const entry = join(import.meta.dirname, 'peer', 'auth.mjs');
  const { auth = '' } = await bundle(buildOptions(ROOT), { auth: entry }, outdir);
  return auth;
}

/** What serverless.yml puts into the environment of every function as it is, and not as a setting that a stage may have of its own. */
export function fixedVariables(tree: string): Record<string, string> {
  const { environment } = readServerless(tree).provider;
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => !value.startsWith('$' + '{')));
}

/** Writes a revision's sources to a folder, and links it to the one node_modules there is. */
export async function checkOut(revision: string, folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  await run('git', ['archive', `--output=${archive}`, revision], { cwd: ROOT });
  mkdirSync(folder);
  await run('tar', ['-xf', archive, '-C', folder]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const missing = Object.keys(dependencies).filter((name) => !existsSync(join(ROOT, 'node_modules', name)));
  if (missing.length > 0) console.warn(`${revision} needs what is not installed here: ${missing.join(', ')}`);
}

export interface Size {
  readonly bytes: number;
  readonly gzipBytes: number;
}

export function sizeOf(file: string): Size {
  const content = readFileSync(file);
  return { bytes: content.length, gzipBytes: gzipSync(content).length };
}
