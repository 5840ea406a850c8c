import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { TEST_ENVIRONMENT } from '../tests/support/settings.ts';

/**
 * `npm run bench:start -- [REVISION] [--runs N]`: bundle size and cold start of three functions, of the working tree and, beside it,
 * of a git revision.
 *
 * A machine's milliseconds say little, and one that is busy changes them from minute to minute. So both sides are measured in one run,
 * in turns, and what counts is the ratio of their medians; that of processor time is the one that other work on the machine changes least.
 * A cold start is here the import of the bundle and its first answer, in a fresh process. The answer takes no network: the sample events
 * have neither a session nor a browser's cookie, and secrets are in the environment.
 *
 * Both sides are bundled from the working tree's node_modules, so a new version of a dependency is on both sides.
 */

const ROOT = join(import.meta.dirname, '..');
const FUNCTIONS = {
  showAccount: 'show-account.json',
  verifyIdentityCheck: 'verify-identity-check.json',
  oauthCallback: 'oauth-callback.json',
} as const;
type FunctionName = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as FunctionName[];

const run = promisify(execFile);

interface ServerlessFile {
  readonly custom: {
    readonly esbuild: {
      readonly bundle: boolean;
      readonly minify: boolean;
      readonly format: 'esm';
      readonly platform: 'node';
      readonly target: string;
      readonly outputFileExtension: string;
      readonly mainFields: string[];
      readonly alias?: Record<string, string>;
      readonly exclude: string[];
      readonly sourcemap: boolean;
    };
  };
  readonly functions: Readonly<Record<string, { readonly handler: string }>>;
}

/** One side of the comparison: a tree of sources, and the bundle of each function. */
interface Side {
  readonly bundles: ReadonlyMap<FunctionName, string>;
}

/** What a run says of one cold start. */
interface ColdStart {
  readonly statusCode: number;
  readonly importMilliseconds: number;
  /** Import and first answer, by the clock on the wall. */
  readonly milliseconds: number;
  /** The same, of all threads together, by the processor's clock. */
  readonly processorMilliseconds: number;
}

/** Bundles the functions of a tree as its own serverless.yml says. */
async function bundleSide(tree: string, outdir: string): Promise<Side> {
  const file = parse(readFileSync(join(tree, 'serverless.yml'), 'utf8')) as ServerlessFile;
  const { outputFileExtension: extension, exclude: external, ...options } = file.custom.esbuild;
  const { bundle, minify, format, platform, target, mainFields, sourcemap, alias = {} } = options;
  const entryPoints = Object.fromEntries(
    NAMES.map((one) => [one, join(tree, `${file.functions[one]?.handler.replace(/\.handler$/, '')}.ts`)]),
  );
  await build({
    ...{ bundle, minify, format, platform, target, mainFields, sourcemap, alias, external },
    outExtension: { '.js': extension },
    absWorkingDir: tree,
    entryPoints,
    outdir,
    logLevel: 'warning',
  });
  return { bundles: new Map(NAMES.map((one) => [one, join(outdir, `${one}${extension}`)])) };
}

/** Writes a revision's sources to a folder, and links it to the one node_modules there is. */
async function checkOut(revision: string, folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  const bundled = ['functions', 'lib', 'serverless.yml', 'package.json'];
  await run('git', ['archive', `--output=${archive}`, revision, ...bundled], { cwd: ROOT });
  mkdirSync(folder);
  await run('tar', ['-xf', archive, '-C', folder]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  noteMissingDependencies(revision, folder);
}

function noteMissingDependencies(revision: string, folder: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const missing = Object.keys(dependencies).filter((name) => !existsSync(join(ROOT, 'node_modules', name)));
  if (missing.length > 0) console.warn(`${revision} needs what is not installed here: ${missing.join(', ')}`);
}

const ENVIRONMENT = {
  ...TEST_ENVIRONMENT,
  AWS_REGION: 'ap-southeast-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  // Nothing listens there: a function that asks the table all the same fails at once, and is not measured by the network.
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
};

async function startCold(bundle: string, eventFile: string): Promise<ColdStart> {
  const script = join(import.meta.dirname, 'cold-start.mjs');
  const { stdout } = await run(process.execPath, [script, bundle, eventFile], { env: ENVIRONMENT });
  const [, json] = /^COLD-START (.*)$/m.exec(stdout) ?? [];
  if (json === undefined) throw new Error(`${bundle} did not answer:\n${stdout}`);
  return JSON.parse(json) as ColdStart;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

type Duration = Exclude<keyof ColdStart, 'statusCode'>;

interface Figures extends Readonly<Record<Duration, number>> {
  readonly bytes: number;
  readonly statusCodes: readonly number[];
}

function summarize(bundle: string, starts: readonly ColdStart[]): Figures {
  const medianOf = (duration: Duration) => median(starts.map((start) => start[duration]));
  return {
    bytes: statSync(bundle).size,
    importMilliseconds: medianOf('importMilliseconds'),
    milliseconds: medianOf('milliseconds'),
    processorMilliseconds: medianOf('processorMilliseconds'),
    statusCodes: [...new Set(starts.map(({ statusCode }) => statusCode))],
  };
}

/**
 * Starts every function of every side in turns, so that what else the machine does meets all of them alike, and neither side first more
 * often than the other. The first round is not counted: it warms the disk.
 */
async function measure(sides: readonly Side[], runs: number): Promise<Map<FunctionName, Figures[]>> {
  const starts = new Map(NAMES.map((name) => [name, sides.map((): ColdStart[] => [])]));
  for (let round = 0; round <= runs; round += 1)
    for (const name of NAMES) {
      const turns = [...sides.entries()];
      for (const [index, { bundles }] of round % 2 === 0 ? turns : turns.toReversed()) {
        const start = await startCold(bundles.get(name) ?? '', join(ROOT, 'events', FUNCTIONS[name]));
        if (round > 0) starts.get(name)?.[index]?.push(start);
      }
    }
  const figuresOf = (name: FunctionName) =>
    sides.map(({ bundles }, index) => summarize(bundles.get(name) ?? '', starts.get(name)?.[index] ?? []));
  return new Map(NAMES.map((name) => [name, figuresOf(name)]));
}

const MEASURES = [
  { label: 'size, KiB', of: ({ bytes }: Figures) => bytes / 1024 },
  { label: 'import, ms', of: ({ importMilliseconds }: Figures) => importMilliseconds },
  { label: 'cold start, ms', of: ({ milliseconds }: Figures) => milliseconds },
  { label: 'processor, ms', of: ({ processorMilliseconds }: Figures) => processorMilliseconds },
];

/** One row for each measure: of the tree, of the revision, and the tree's part of the revision's. */
function rowsOf(name: FunctionName, figures: readonly Figures[]): Record<string, string>[] {
  const [tree, revision] = figures;
  return MEASURES.map(({ label, of }) => ({
    function: name,
    measure: label,
    ...(revision && { revision: of(revision).toFixed(1) }),
    'working tree': tree ? of(tree).toFixed(1) : '',
    ...(tree && revision && { ratio: (of(tree) / of(revision)).toFixed(3) }),
  }));
}

function noteOtherAnswers(name: FunctionName, figures: readonly Figures[]): void {
  const answers = figures.map(({ statusCodes }) => statusCodes.join(' and '));
  if (new Set(answers).size > 1)
    console.warn(`${name} does not answer the same: ${answers.join(' against ')}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { runs: { type: 'string', default: '20' } },
    allowPositionals: true,
  });
  const [revision] = positionals;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number of at least 1');
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-bench-'));
  try {
    const sides = [await bundleSide(ROOT, join(folder, 'working-tree'))];
    if (revision !== undefined) {
      const tree = join(folder, 'revision');
      await checkOut(revision, tree);
      sides.push(await bundleSide(tree, join(folder, 'revision-bundles')));
    }
    const measured = await measure(sides, runs);
    for (const [name, figures] of measured) noteOtherAnswers(name, figures);
    console.log(`Medians of ${runs} starts on Node ${process.versions.node}`);
    console.table([...measured].flatMap(([name, figures]) => rowsOf(name, figures)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
