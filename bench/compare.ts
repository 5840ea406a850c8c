import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startDynamoDBLocal } from '../local/dynamodb.ts';
import { StartError } from '../local/environment.ts';
import { type Bundles, bundlePeer, bundleService, checkOut, ROOT } from './compare/bundles.ts';
import type { CpuProfile } from './compare/instance.ts';
import { measureBundles, measureCold, measureCpu, measureLatency, profileFlow } from './compare/measure.ts';
import { startOutside } from './compare/outside.ts';
import { FLOWS, type FlowName, type Service, USED_FUNCTIONS } from './compare/people.ts';
import { selfTimesOf } from './compare/profile.ts';
import type { ProfileReport, Report } from './compare/report.ts';
import { peerSide, type Side, type Surroundings, serviceSide } from './compare/sides.ts';
import { spread } from './compare/statistics.ts';
import { measureStored } from './compare/stored.ts';
import { profileTable, tables } from './compare/tables.ts';
import { LANGUAGES, type Language, placeTables, twins } from './pages.ts';

const USAGE = `Usage: npm run bench [-- OPTIONS]

Measures the packaged functions beside better-auth and an empty Node, and writes bench/compare/measured.json and the tables of
docs/performance.md and its Chinese twin. With any option it prints what it measured, and writes nothing.

  --rounds N         so many rounds (12)
  --only PARTS       of cold, cpu, latency, bundles, stored, profiles
  --flows FLOWS      of ${FLOWS.join(', ')}: which requests of cpu and latency
  --revision NAME    the functions of a git revision besides
  --without-peer     without better-auth, which comes from the network
  --profile FLOW     where the processor time of this flow goes, cold and warm, by package; nothing else is measured
  --pages            makes the tables anew of what was measured last, and measures nothing`;

const PARTS = ['cold', 'cpu', 'latency', 'bundles', 'stored', 'profiles'] as const;

const BENCH = import.meta.dirname;
const PEER = join(BENCH, 'node_modules', 'better-auth', 'package.json');
export const MEASURED = join(BENCH, 'compare', 'measured.json');
export const PAGES = twins('performance');

interface Options {
  readonly rounds: number;
  readonly only: readonly (typeof PARTS)[number][];
  readonly flows: readonly FlowName[];
  readonly revision: string | undefined;
  readonly withPeer: boolean;
  readonly profile: FlowName | undefined;
  /** Whether all of it is measured, so that it may be written. */
  readonly isWhole: boolean;
}

/** @throws StartError for one that there is not */
function chosen<Name extends string>(text: string, names: readonly Name[]): Name[] {
  return text.split(',').map((given) => {
    const name = names.find((one) => one === given);
    if (name === undefined) throw new StartError(`"${given}" is none of ${names.join(', ')}.\n\n${USAGE}`);
    return name;
  });
}

/** @throws StartError */
function readArguments(args: readonly string[]): Options | 'help' | 'pages' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ rounds: text, only: text, flows: text, revision: text, profile: text },
    ...{ 'without-peer': flag, pages: flag, help: { ...flag, short: 'h' } },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return 'help';
  if (values.pages) return 'pages';
  const { rounds = '12', only = PARTS.join(','), flows = FLOWS.join(','), revision, profile } = values;
  if (!/^[1-9]\d*$/.test(rounds)) throw new StartError(`--rounds must be a whole number.\n\n${USAGE}`);
  return {
    rounds: Number(rounds),
    only: chosen(only, PARTS),
    flows: chosen(flows, FLOWS),
    revision,
    withPeer: !values['without-peer'],
    profile: profile === undefined ? undefined : chosen(profile, FLOWS)[0],
    isWhole: args.length === 0,
  };
}

/**
 * Installs better-auth, which nothing but this needs.
 *
 * @returns its version
 * @throws StartError where it can't be had
 */
async function installPeer(): Promise<string> {
  const locked = JSON.parse(readFileSync(join(BENCH, 'package-lock.json'), 'utf8'));
  const wanted: string = locked.packages['node_modules/better-auth'].version;
  if (!existsSync(PEER) || JSON.parse(readFileSync(PEER, 'utf8')).version !== wanted)
    await promisify(execFile)('npm', ['ci', '--prefix', BENCH]).catch((error: Error) => {
      throw new StartError(
        `better-auth could not be installed: it comes by npm, from the network. --without-peer measures without it.\n${error.message}`,
      );
    });
  return wanted;
}

/** The revision beside the working tree, where there is one. */
async function revisionSide(
  { revision }: Options,
  names: readonly string[] | undefined,
  surroundings: Surroundings,
): Promise<{ readonly side: Side; readonly bundles: Bundles } | undefined> {
  if (revision === undefined) return undefined;
  const tree = join(surroundings.folder, 'revision');
  await checkOut(revision, tree);
  const bundles = await bundleService(tree, join(surroundings.folder, 'revision-bundles'), { names });
  return { side: serviceSide('revision', { tree, bundles }, surroundings), bundles };
}

async function measure(
  options: Options,
  betterAuth: string | undefined,
  surroundings: Surroundings,
): Promise<Report> {
  const { rounds, only, flows } = options;
  const { folder, outside } = surroundings;
  const isAsked = (part: (typeof PARTS)[number]) => only.includes(part);
  const names = isAsked('bundles') ? undefined : USED_FUNCTIONS;
  const bundles = await bundleService(ROOT, join(folder, 'ours'), { names });
  const ours = serviceSide('ours', { tree: ROOT, bundles }, surroundings);
  const revision = await revisionSide(options, names, surroundings);
  const peer = betterAuth === undefined ? undefined : await bundlePeer(join(folder, 'peer'));
  const sides = [ours, revision?.side, peer && peerSide(peer, surroundings)].filter(
    (side): side is Side => side !== undefined,
  );
  const calibrated: number[] = [];
  const measuring = { rounds, folder, say: (line: string) => console.error(line), calibrated };
  const cold = isAsked('cold') && (await measureCold(sides, outside.origin, measuring));
  const cpu = isAsked('cpu') && (await measureCpu(sides, flows, measuring));
  const latency = isAsked('latency') && (await measureLatency(sides, flows, measuring));
  const stored = isAsked('stored') && (await measureStored(ours));
  const profiles = isAsked('profiles') && {
    coldList: (await profile('list', surroundings)).cold,
    warmSending: (await profile('sendCode', surroundings)).warm,
  };
  return {
    made: { node: process.versions.node, ...(betterAuth !== undefined && { betterAuth }), rounds },
    ...(calibrated.length > 0 && { calibration: spread(calibrated) }),
    ...(cold && { cold }),
    ...(cpu && { cpu }),
    ...(latency && { latency }),
    ...(isAsked('bundles') && { bundles: measureBundles(bundles, { revision: revision?.bundles, peer }) }),
    ...(stored && { stored }),
    ...(profiles && { profiles }),
  };
}

/** Whose code the time of a flow goes to. */
async function profile(
  flow: FlowName,
  surroundings: Surroundings,
): Promise<Readonly<Record<'cold' | 'warm', ProfileReport>>> {
  const bundles = await bundleService(ROOT, join(surroundings.folder, 'profiled'), {
    names: USED_FUNCTIONS,
    isMapped: true,
  });
  const side: Side<Service> = serviceSide('ours', { tree: ROOT, bundles }, surroundings);
  const { cold, warm, bundle } = await profileFlow(side, flow, surroundings.folder);
  const timesOf = (found: CpuProfile) => Object.fromEntries(selfTimesOf(found, bundle));
  return { cold: timesOf(cold), warm: timesOf(warm) };
}

async function printProfile(flow: FlowName, surroundings: Surroundings): Promise<void> {
  const { cold, warm } = await profile(flow, surroundings);
  console.log(
    `\n${flow}, a cold start\n\n${profileTable(cold, 'en')}\n\n${flow}, warm requests\n\n${profileTable(warm, 'en')}`,
  );
}

/** The page with the tables of a report. */
export const rendered = (page: string, report: Report, language: Language): string =>
  placeTables(page, 'bench', tables(report, language));

/** Makes the tables of the pages of what was measured last. */
function writePages(): void {
  const report = JSON.parse(readFileSync(MEASURED, 'utf8')) as Report;
  for (const language of LANGUAGES) {
    const page = readFileSync(PAGES[language], 'utf8');
    writeFileSync(PAGES[language], rendered(page, report, language));
  }
}

async function main(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  if (options === 'help') return console.log(USAGE);
  if (options === 'pages') return writePages();
  const isPeerAsked = options.withPeer && options.profile === undefined;
  const betterAuth = isPeerAsked ? await installPeer() : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-bench-'));
  const stops = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const outside = await startOutside();
    stops.push(outside.stop);
    const local = await startDynamoDBLocal({ databases: 'by access key' });
    stops.push(local.stop);
    const surroundings = { outside, store: local.endpoint, folder };
    if (options.profile !== undefined) return await printProfile(options.profile, surroundings);
    const report = await measure(options, betterAuth, surroundings);
    for (const [name, make] of Object.entries(tables(report, 'en'))) console.log(`\n${name}\n\n${make()}`);
    if (!options.isWhole) return;
    writeFileSync(MEASURED, `${JSON.stringify(report, null, 2)}\n`);
    writePages();
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

if (import.meta.main)
  await main(process.argv.slice(2)).catch((error: unknown) => {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  });
