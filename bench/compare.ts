import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startDynamoDBLocal } from '../local/dynamodb.ts';
import { StartError } from '../local/environment.ts';
import { bundlePeer, bundleService, checkOut, ROOT } from './compare/bundles.ts';
import { measureBundles, measureCold, measureCpu } from './compare/measure.ts';
import { startOutside } from './compare/outside.ts';
import type { Report } from './compare/report.ts';
import { peerSide, type Side, serviceSide } from './compare/sides.ts';
import { spread } from './compare/statistics.ts';
import { tables } from './compare/tables.ts';

const PARTS = ['cold', 'cpu', 'bundles'] as const;
type Part = (typeof PARTS)[number];

const BENCH = import.meta.dirname;
const PEER = join(BENCH, 'node_modules', 'better-auth', 'package.json');

/** Installs better-auth, which nothing but this needs. */
async function installPeer(): Promise<string> {
  const locked = JSON.parse(readFileSync(join(BENCH, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const wanted = locked.packages['node_modules/better-auth']?.version ?? '';
  const versionOf = () => (JSON.parse(readFileSync(PEER, 'utf8')) as { version: string }).version;
  if (!existsSync(PEER) || versionOf() !== wanted)
    await promisify(execFile)('npm', ['ci', '--prefix', BENCH]).catch((error: Error) => {
      throw new StartError(
        `better-auth could not be installed: it comes by npm, from the network. --without-peer measures without it.\n${error.message}`,
      );
    });
  return wanted;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '12' },
      only: { type: 'string', default: PARTS.join(',') },
      revision: { type: 'string' },
      'without-peer': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  const only = values.only.split(',') as Part[];
  const betterAuth = values['without-peer'] ? undefined : await installPeer();
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-bench-'));
  const say = (line: string) => console.error(line);
  const stops: (() => Promise<void>)[] = [];
  try {
    const outside = await startOutside();
    stops.push(outside.stop);
    const local = await startDynamoDBLocal({ databases: 'by access key' });
    stops.push(local.stop);
    const surroundings = { outside, store: local.endpoint, folder };
    const ours = await bundleService(ROOT, join(folder, 'ours'));
    const sides: Side[] = [serviceSide('ours', { tree: ROOT, bundles: ours }, surroundings)];
    let revision: Awaited<ReturnType<typeof bundleService>> | undefined;
    if (values.revision !== undefined) {
      const tree = join(folder, 'revision');
      await checkOut(values.revision, tree);
      revision = await bundleService(tree, join(folder, 'revision-bundles'));
      sides.push(serviceSide('revision', { tree, bundles: revision }, surroundings));
    }
    const peer = betterAuth === undefined ? undefined : await bundlePeer(join(folder, 'peer'));
    if (peer !== undefined) sides.push(peerSide(peer, surroundings));
    const calibrated: number[] = [];
    const measuring = { rounds, folder, say, calibrated };
    const cold = only.includes('cold') && (await measureCold(sides, outside.origin, measuring));
    const cpu = only.includes('cpu') && (await measureCpu(sides, measuring));
    const report: Report = {
      made: { node: process.versions.node, ...(betterAuth !== undefined && { betterAuth }), rounds },
      ...(cold && { cold }),
      ...(cpu && { cpu }),
      ...(only.includes('bundles') && { bundles: measureBundles(ours, { revision, peer }) }),
      calibration: spread(calibrated.length > 0 ? calibrated : [Number.NaN]),
    };
    for (const [name, make] of Object.entries(tables(report))) console.log(`\n${name}\n\n${make()}`);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
