import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findEmulator, findJava } from '../../local/dynamodb.ts';
import type { ReportedFigure } from './report.ts';

/**
 * `npm run torture [-- NAME…]`: every torture (or those whose file names contain a NAME) at full scale, one after the
 * other, then the table of their figures. Fails if a torture fails. `TORTURE_SCALE=0.1` runs a tenth of it.
 */

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const ROOT = join(import.meta.dirname, '..', '..');
const { resolve } = createRequire(import.meta.url);

/** @returns Whether Jest ended well. */
function jest(names: readonly string[], outputFile: string, reportFile: string): Promise<boolean> {
  const files = names.length === 0 ? ['tests/torture/'] : names.map((name) => `tests/torture/[^/]*${name}`);
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    resolve('jest/bin/jest'),
    '--maxWorkers=100%',
    '--json',
    `--outputFile=${outputFile}`,
    ...files,
  ];
  return new Promise((settle) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      // Jest repeats its whole report on its standard output for `--json`; the progress is on the other one.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TORTURE: 'full', TORTURE_REPORT: reportFile },
    });
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
  });
}

const readText = (file: string) => readFile(file, 'utf8').catch(() => '');

async function readFigures(file: string): Promise<readonly ReportedFigure[]> {
  const lines = (await readText(file)).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ReportedFigure);
}

function isMet({ file }: ReportedFigure, report: JestReport): boolean {
  const tests = report.testResults.find(({ name }) => name === file)?.assertionResults ?? [];
  return tests.length > 0 && tests.every(({ status }) => status === 'passed');
}

function printTable(figures: readonly ReportedFigure[], report: JestReport): void {
  console.log('\n| figure | must be | measured | ok |\n|---|---|---|---|');
  for (const figure of figures) {
    console.log(
      `| ${figure.row} | ${figure.mustBe} | ${figure.value} | ${isMet(figure, report) ? 'yes' : 'NO'} |`,
    );
  }
  const { testResults, numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = report;
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName } of failed) {
      console.log(`Failed: ${relative(ROOT, name)}: ${fullName}`);
    }
  }
  console.log(`\n${numPassedTests} tortures passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
}

try {
  findEmulator();
  await findJava();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'account-linking-torture-'));
try {
  const outputFile = join(folder, 'jest.json');
  const reportFile = join(folder, 'figures');
  const isPassed = await jest(process.argv.slice(2), outputFile, reportFile);
  const text = await readText(outputFile);
  if (text !== '') {
    printTable(await readFigures(reportFile), JSON.parse(text) as JestReport);
  }
  process.exitCode = isPassed ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
