import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findEmulator, findJava } from '../local/dynamodb.ts';

/**
 * `npm test`: lint, types and all tests, whatever failed before; then one line that counts them all. `npm run check` leaves out the
 * tests that need a Java, a browser or the packaged service, and so takes seconds.
 */

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const ROOT = join(import.meta.dirname, '..');
const { resolve } = createRequire(import.meta.url);
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', resolve('jest/bin/jest')];
const bin = (name: string) => join(ROOT, 'node_modules', '.bin', name);

function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
  });
}

async function check(name: string, command: string, args: readonly string[]): Promise<Count> {
  console.log(`\n${name}`);
  const ok = await run(command, args);
  console.log(ok ? `${name}: ok` : `${name}: failed`);
  return { passed: Number(ok), failed: Number(!ok) };
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Suites that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

async function jest(name: string, args: readonly string[]): Promise<Count> {
  console.log(`\n${name}`);
  const folder = await mkdtemp(join(tmpdir(), 'account-linking-test-'));
  const outputFile = join(folder, 'report.json');
  const report = ['--json', `--outputFile=${outputFile}`];
  try {
    const ok = await run(process.execPath, [...JEST, ...report, ...args]);
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      await readFile(outputFile, 'utf8'),
    ) as JestReport;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: failed === 0 && !ok ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test that imports one of these needs what takes long to start. */
const HEAVY = ['tests/support/kept.ts', 'tests/browser/support.ts'];

/** The tests that need nothing heavy are known by what they import, whichever folder they are in. */
async function heavyTests(): Promise<string[]> {
  const list = ['--listTests', '--findRelatedTests', ...HEAVY];
  const { stdout } = await promisify(execFile)(process.execPath, [...JEST, ...list], { cwd: ROOT });
  return stdout.split('\n').filter((line) => line !== '');
}

const isQuick = process.argv.includes('--quick');
if (!isQuick)
  try {
    findEmulator();
    await findJava();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }

const counts = [
  await check('lint and format', bin('biome'), ['check', '--error-on-warnings']),
  await check('types of the service', bin('tsc'), ['--noEmit', '-p', '.']),
  await check('types of the page', bin('tsc'), ['--noEmit', '-p', 'console']),
  await check('types of the client', bin('tsc'), ['--noEmit', '-p', 'client']),
  isQuick
    ? await jest('tests that need nothing started', [
        '--maxWorkers=100%',
        '--testPathIgnorePatterns',
        ...(await heavyTests()),
      ])
    : // More workers than cores: most of them wait, for a retry's pause, the store, or a browser.
      await jest('tests', [`--maxWorkers=${availableParallelism() + 1}`]),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
