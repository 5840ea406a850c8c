import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pMap from 'p-map';
import { type Bundles, type Size, sizeOf } from './bundles.ts';
import { calibrate } from './calibration.ts';
import { type ColdStart, type CpuProfile, Instance, startCold } from './instance.ts';
import type { FlowName, Prepared } from './people.ts';
import type {
  BundleReport,
  ColdFigures,
  ColdReport,
  CpuReport,
  FlowReport,
  LatencyReport,
} from './report.ts';
import type { Delayed, Opened, Side, SideName } from './sides.ts';
import { ratios, spread, turn } from './statistics.ts';

/** What is told while it is measured. */
export type Say = (line: string) => void;

/** How many people are prepared at once, while nothing is measured. */
const AT_ONCE = 4;

async function prepare({ contestant }: Opened, flow: FlowName, count: number): Promise<Prepared[]> {
  const make = contestant.prepare[flow];
  // What changes nothing can be asked by the same person again.
  if (flow === 'list') return Array<Prepared>(count).fill(await make());
  return pMap(Array(count).keys(), make, { concurrency: AT_ONCE });
}

function insist(
  what: string,
  answers: readonly Parameters<Prepared['isRight']>[0][],
  prepared: readonly Prepared[],
) {
  const wrong = answers.find((answer, index) => !prepared[index]?.isRight(answer));
  if (wrong !== undefined) throw new Error(`${what} answered ${JSON.stringify(wrong)}`);
}

/** The flows that functions are started cold for. */
const COLD_FLOWS = ['list', 'verifyCode', 'callback', 'sendCode'] as const satisfies readonly FlowName[];

const median = (values: readonly number[]) => spread(values).median;

function coldFigures(starts: readonly ColdStart[], empty: readonly ColdStart[]): ColdFigures {
  const of = (name: keyof ColdStart, from = starts) => from.map((start) => Number(start[name]));
  return {
    wallMilliseconds: spread(of('wallMilliseconds')),
    cpuMilliseconds: spread(of('cpuMilliseconds')),
    wallRatio: ratios(of('wallMilliseconds'), of('wallMilliseconds', empty)),
    cpuRatio: ratios(of('cpuMilliseconds'), of('cpuMilliseconds', empty)),
    ...(starts[0]?.importMilliseconds !== undefined && {
      importMilliseconds: median(of('importMilliseconds')),
      answerMilliseconds: median(of('answerMilliseconds')),
    }),
    residentMebibytes: median(of('residentMebibytes')),
  };
}

interface ColdContestant {
  readonly start: () => Promise<ColdStart>;
  readonly starts: ColdStart[];
}

/** Starts one of a side's functions with a request that nobody has made yet. */
export async function startFlowCold(
  opened: Opened,
  flow: FlowName,
  folder: string,
  flags: readonly string[] = [],
): Promise<ColdStart> {
  const prepared = await opened.contestant.prepare[flow]();
  const eventFile = join(folder, 'event.json');
  writeFileSync(eventFile, JSON.stringify(prepared.event));
  const started = await startCold('cold.cjs', [opened.bundleOf(flow), eventFile], opened.variables, flags);
  insist(flow, [started.answer ?? {}], [prepared]);
  await opened.contestant.finish?.(flow, prepared);
  return started;
}

interface Measuring {
  readonly rounds: number;
  readonly folder: string;
  readonly say: Say;
  /** Gets what the piece of work took that is always the same. */
  readonly calibrated: number[];
}

/** From nothing to the first answer, in a process of its own. */
export async function measureCold(
  sides: readonly Side[],
  outsideOrigin: string,
  { rounds, folder, say, calibrated }: Measuring,
): Promise<ColdReport> {
  const opened = new Map<SideName, Opened>();
  for (const side of sides) opened.set(side.name, await side.open());
  const contestants = new Map<string, ColdContestant>();
  const add = (name: string, start: ColdContestant['start']) => contestants.set(name, { start, starts: [] });
  add('empty', () => startCold('empty.cjs', [], {}));
  add('oneRequest', () => startCold('one-request.cjs', [`${outsideOrigin}/nothing`], {}));
  for (const [name, one] of opened)
    for (const flow of name === 'peer' ? (['list'] as const) : COLD_FLOWS)
      add(`${name} ${flow}`, () => startFlowCold(one, flow, folder));
  // The first round warms the disk.
  for (let round = -1; round < rounds; round += 1) {
    calibrated.push(calibrate());
    for (const { start, starts } of turn([...contestants.values()], round + 1)) {
      const started = await start();
      if (round >= 0) starts.push(started);
    }
    say(`cold starts: round ${round + 1} of ${rounds}`);
  }
  for (const one of opened.values()) await one.close();
  const empty = contestants.get('empty')?.starts ?? [];
  const figures = (name: string) => coldFigures(contestants.get(name)?.starts ?? [], empty);
  const service = (name: SideName) =>
    Object.fromEntries(COLD_FLOWS.map((flow) => [flow, figures(`${name} ${flow}`)]));
  return {
    empty: figures('empty'),
    oneRequest: figures('oneRequest'),
    ...(opened.has('peer') && { peer: figures('peer list') }),
    ours: service('ours'),
    ...(opened.has('revision') && { revision: service('revision') }),
  };
}

/** How many requests of one flow are measured in a round, and how many come before, until V8 has compiled what is hot. */
const REQUESTS = 40;
const WARM_UP_ROUNDS = 3;

interface WarmContestant {
  readonly name: SideName;
  readonly opened: Opened;
  readonly instance: Instance;
  /** Of each round, for one request. */
  readonly cpu: number[];
  /** Of each request. */
  readonly milliseconds: number[];
  /** Of each round, for one request, where the store is delayed. */
  readonly calls: number[];
  readonly delayed: Delayed | undefined;
  residentMebibytes: number;
}

async function startWarm(
  { name, opened }: { readonly name: SideName; readonly opened: Opened },
  flow: FlowName,
  delayMilliseconds: number,
): Promise<WarmContestant> {
  const delayed = delayMilliseconds > 0 ? await opened.delayed(delayMilliseconds) : undefined;
  const instance = new Instance({ [flow]: opened.bundleOf(flow) }, (delayed ?? opened).variables);
  return {
    ...{ name, opened, instance, delayed },
    ...{ cpu: [], milliseconds: [], calls: [], residentMebibytes: 0 },
  };
}

/** Runs one round of a flow: all are prepared, then each is measured. */
async function warmRound(
  contestants: readonly WarmContestant[],
  flow: FlowName,
  { requests, round, isCounted }: { requests: number; round: number; isCounted: boolean },
): Promise<void> {
  const prepared = new Map<WarmContestant, Prepared[]>();
  for (const one of contestants) prepared.set(one, await prepare(one.opened, flow, requests));
  for (const one of turn(contestants, round)) {
    const mine = prepared.get(one) ?? [];
    const ran = await one.instance.run(
      flow,
      mine.map(({ event }) => event),
    );
    insist(`${one.name} ${flow}`, ran.answers, mine);
    one.residentMebibytes = ran.residentMebibytes;
    const calls = one.delayed?.calls(ran.answers.at(-1) ?? {}) ?? 0;
    if (!isCounted) continue;
    one.calls.push(calls / requests);
    one.cpu.push(ran.cpuMilliseconds / requests);
    one.milliseconds.push(...ran.milliseconds);
  }
  for (const [{ opened }, mine] of prepared)
    for (const one of mine) await opened.contestant.finish?.(flow, one);
}

interface WarmOptions {
  readonly flows: readonly FlowName[];
  /** Of each flow and contestant in a round. */
  readonly requests: number;
  readonly delayMilliseconds?: number;
}

/** Runs all flows in every round, so that they can be compared with each other as well. */
async function runWarm(
  sides: readonly Side[],
  { flows, requests, delayMilliseconds = 0 }: WarmOptions,
  { rounds, say, calibrated }: Measuring,
): Promise<[FlowName, WarmContestant[]][]> {
  const opened = [];
  for (const side of sides) opened.push({ name: side.name, opened: await side.open() });
  const contestants: [FlowName, WarmContestant[]][] = [];
  for (const flow of flows) {
    const ofFlow: WarmContestant[] = [];
    for (const one of opened) ofFlow.push(await startWarm(one, flow, delayMilliseconds));
    contestants.push([flow, ofFlow]);
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    calibrated.push(calibrate());
    for (const [flow, ofFlow] of contestants)
      await warmRound(ofFlow, flow, { requests, round: round + WARM_UP_ROUNDS, isCounted: round >= 0 });
    say(`warm requests${delayMilliseconds > 0 ? ', delayed' : ''}: round ${round + 1} of ${rounds}`);
  }
  for (const [, ofFlow] of contestants) for (const { instance } of ofFlow) await instance.stop();
  for (const one of opened) await one.opened.close();
  return contestants;
}

const cpuOf = (contestants: readonly WarmContestant[], name: SideName) =>
  contestants.find((one) => one.name === name)?.cpu;

function flowReport(contestants: readonly WarmContestant[], rounds: number): FlowReport {
  const [ours = [], peer, revision] = (['ours', 'peer', 'revision'] as const).map((name) =>
    cpuOf(contestants, name),
  );
  return {
    requests: rounds * REQUESTS,
    sides: Object.fromEntries(
      contestants.map(({ name, cpu, residentMebibytes }) => [
        name,
        { cpuMilliseconds: spread(cpu), residentMebibytes: Math.round(residentMebibytes) },
      ]),
    ),
    ...(peer && { ratioToPeer: ratios(ours, peer) }),
    ...(revision && { ratioToRevision: ratios(ours, revision) }),
  };
}

/** CPU of a warm process for a request of each flow. */
export async function measureCpu(
  sides: readonly Side[],
  flows: readonly FlowName[],
  measuring: Measuring,
): Promise<CpuReport> {
  const contestants = await runWarm(sides, { flows, requests: REQUESTS }, measuring);
  const [sending, verifying] = (['sendCode', 'verifyCode'] as const).map((flow) =>
    cpuOf(contestants.find(([name]) => name === flow)?.[1] ?? [], 'ours'),
  );
  return {
    flows: Object.fromEntries(
      contestants.map(([flow, ofFlow]) => [flow, flowReport(ofFlow, measuring.rounds)]),
    ),
    ...(sending && verifying && { sendingToVerifying: ratios(sending, verifying) }),
  };
}

const PROFILED_REQUESTS = 200;

/** Where a flow's processor time goes: of a cold start until its first answer, and of warm requests. */
export async function profileFlow(
  side: Side,
  flow: FlowName,
  folder: string,
): Promise<{ readonly cold: CpuProfile; readonly warm: CpuProfile; readonly bundle: string }> {
  const opened = await side.open();
  const profiles = join(folder, 'profiles');
  const flags = ['--cpu-prof', '--cpu-prof-interval=100', `--cpu-prof-dir=${profiles}`];
  await startFlowCold(opened, flow, folder, flags);
  const [file = ''] = readdirSync(profiles);
  const cold = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile;
  const bundle = opened.bundleOf(flow);
  const instance = new Instance({ [flow]: bundle }, opened.variables);
  const eventsOf = async (count: number) => (await prepare(opened, flow, count)).map(({ event }) => event);
  await instance.run(flow, await eventsOf(WARM_UP_ROUNDS * REQUESTS));
  const warm = await instance.profile(flow, await eventsOf(PROFILED_REQUESTS));
  await instance.stop();
  await opened.close();
  return { cold, warm, bundle };
}

/** How long the store takes at least where latency is measured. */
const DELAY_MILLISECONDS = 5;
const DELAYED_REQUESTS = 10;

/** How long a request takes, one after the other, where each call of the store takes as long as one beyond the network. */
export async function measureLatency(
  sides: readonly Side[],
  flows: readonly FlowName[],
  measuring: Measuring,
): Promise<LatencyReport> {
  const options = { flows, requests: DELAYED_REQUESTS, delayMilliseconds: DELAY_MILLISECONDS };
  const contestants = await runWarm(sides, options, measuring);
  const figures = (ofFlow: readonly WarmContestant[]) =>
    Object.fromEntries(
      ofFlow.map(({ name, milliseconds, calls }) => [
        name,
        { milliseconds: spread(milliseconds), calls: median(calls) },
      ]),
    );
  return {
    delayMilliseconds: DELAY_MILLISECONDS,
    flows: Object.fromEntries(contestants.map(([flow, ofFlow]) => [flow, figures(ofFlow)])),
  };
}

const CHOSEN = [
  'showAccount',
  'verifyIdentityCheck',
  'oauthCallback',
  'sendIdentityCheck',
  'unlink',
  'linkEmail',
];

/** Compressed: what the bundle of a function should not be above. */
export const BUNDLE_GZIP_BYTES_MAX = 100_000;

/** How large bundles are. */
export function measureBundles(
  ours: Bundles,
  { revision, peer }: { revision?: Bundles | undefined; peer?: string | undefined },
): BundleReport {
  const sizes = Object.values(ours)
    .map(sizeOf)
    .toSorted((left, right) => left.gzipBytes - right.gzipBytes);
  const chosen = (bundles: Bundles): Record<string, Size> =>
    Object.fromEntries(CHOSEN.map((name) => [name, sizeOf(bundles[name] ?? '')]));
  return {
    functions: sizes.length,
    tooLarge: sizes.filter(({ gzipBytes }) => gzipBytes > BUNDLE_GZIP_BYTES_MAX).length,
    largest: sizes.at(-1) as Size,
    median: sizes[Math.floor(sizes.length / 2)] as Size,
    ours: chosen(ours),
    ...(revision && { revision: chosen(revision) }),
    ...(peer && { peer: sizeOf(peer) }),
  };
}
