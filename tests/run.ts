import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from '../local/dynamodb.ts';

/**
 * `npm test`: lint, types, and every suite, one after the other, whatever failed before; then one line that counts them all.
 */

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const ROOT = join(import.meta.dirname, '..');
const { resolve } = createRequire(import.meta.url);
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
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const report = ['--json', `--outputFile=${outputFile}`];
  try {
    const ok = await run(process.execPath, [...flags, resolve('jest/bin/jest'), ...report, ...args]);
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

try {
  await findJava();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// More workers than cores: most of them wait, for a retry's pause, a store, or a browser.
const counts = [
  await check('lint and format', bin('biome'), ['check', '--error-on-warnings']),
  await check('types of the service', bin('tsc'), ['--noEmit', '-p', '.']),
  await check('types of the page', bin('tsc'), ['--noEmit', '-p', 'console']),
  await jest('unit, flow and template tests', [
    '--maxWorkers=3',
    '--testPathIgnorePatterns',
    'tests/browser',
  ]),
  await jest('browser tests', ['--maxWorkers=2', 'tests/browser']),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
