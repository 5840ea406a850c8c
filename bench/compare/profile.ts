import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CpuProfile } from './instance.ts';

/** A function's call, as V8 names it. */
type Frame = CpuProfile['nodes'][number]['callFrame'];

/** What a source file belongs to: its package, or its room of this repository. */
export function packageOf(source: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
  if (name !== undefined) return name;
  const [, room] = /((?:functions|lib)(?:\/[^/]+(?=\/))?)\//.exec(source) ?? [];
  return room ?? 'the benchmark';
}

const maps = new Map<string, SourceMap>();

function mapOf(bundle: string): SourceMap {
  const known = maps.get(bundle) ?? new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  maps.set(bundle, known);
  return known;
}

/** Whose a call is. A bundle's are found by the source map beside it. */
function ownerOf({ functionName, url, lineNumber, columnNumber }: Frame, bundle: string): string {
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8';
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (path !== bundle) return 'the benchmark';
  const entry = mapOf(bundle).findEntry(lineNumber, columnNumber);
  return 'originalSource' in entry ? packageOf(entry.originalSource) : 'the bundle itself';
}

/** Milliseconds that each owner's own code ran, the longest first; without the time in which nothing ran. */
export function selfTimes(
  { nodes, samples, timeDeltas }: CpuProfile,
  ownerOfFrame: (frame: Frame) => string,
): [owner: string, milliseconds: number][] {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOfFrame(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, sample] of samples.entries()) {
    const owner = owners.get(sample) ?? '';
    // How long a sample lasted is what the next one says.
    const microseconds = timeDeltas[index + 1] ?? 0;
    if (owner !== '(idle)') times.set(owner, (times.get(owner) ?? 0) + microseconds / 1000);
  }
  return [...times].toSorted(([, left], [, right]) => right - left);
}

export const selfTimesOf = (profile: CpuProfile, bundle: string) =>
  selfTimes(profile, (frame) => ownerOf(frame, bundle));
