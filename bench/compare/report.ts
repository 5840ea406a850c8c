import type { Size } from './bundles.ts';
import type { FlowName } from './people.ts';
import type { SideName } from './sides.ts';
import type { Spread } from './statistics.ts';

/** What measured.json holds: every table of docs/performance.md is made of it. */
export interface Report {
  readonly made: Made;
  /** Of the piece of work that is always the same, in milliseconds of the processor. */
  readonly calibration?: Spread;
  readonly cold?: ColdReport;
  readonly cpu?: CpuReport;
  readonly latency?: LatencyReport;
  readonly bundles?: BundleReport;
  readonly stored?: Readonly<Record<string, StoredReport>>;
  /** Where goals are missed: what stands in their way. */
  readonly profiles?: { readonly coldList: ProfileReport; readonly warmSending: ProfileReport };
}

/** Milliseconds of each owner’s own code, the longest first. */
export type ProfileReport = Readonly<Record<string, number>>;

export interface Made {
  readonly node: string;
  readonly betterAuth?: string;
  readonly rounds: number;
}

export interface ColdFigures {
  readonly wallMilliseconds: Spread;
  readonly cpuMilliseconds: Spread;
  /** By an empty Node of the same round. */
  readonly wallRatio: Spread;
  readonly cpuRatio: Spread;
  /** Of its parts, where there are such; medians. */
  readonly importMilliseconds?: number;
  readonly answerMilliseconds?: number;
  readonly residentMebibytes: number;
}

export interface ColdReport {
  readonly empty: ColdFigures;
  readonly oneRequest: ColdFigures;
  readonly peer?: ColdFigures;
  readonly ours: Readonly<Record<string, ColdFigures>>;
  readonly revision?: Readonly<Record<string, ColdFigures>>;
}

export interface WarmFigures {
  /** A request. */
  readonly cpuMilliseconds: Spread;
  readonly residentMebibytes: number;
}

export interface FlowReport {
  readonly requests: number;
  readonly sides: Readonly<Partial<Record<SideName, WarmFigures>>>;
  /** Ours by the peer's, and by the revision's, of the same rounds. */
  readonly ratioToPeer?: Spread;
  readonly ratioToRevision?: Spread;
}

export interface CpuReport {
  /** Those that were asked for. */
  readonly flows: Readonly<Partial<Record<FlowName, FlowReport>>>;
  /** Of this service, of the same rounds. */
  readonly sendingToVerifying?: Spread;
}

export interface LatencyFigures {
  readonly milliseconds: Spread;
  /** Calls of the store. */
  readonly calls: number;
}

export interface LatencyReport {
  readonly delayMilliseconds: number;
  readonly flows: Readonly<Partial<Record<FlowName, Readonly<Partial<Record<SideName, LatencyFigures>>>>>>;
}

export interface BundleReport {
  readonly functions: number;
  /** How many of them are larger than a bundle should be. */
  readonly tooLarge: number;
  readonly largest: Size;
  readonly median: Size;
  readonly ours: Readonly<Record<string, Size>>;
  readonly revision?: Readonly<Record<string, Size>>;
  readonly peer?: Size;
}

export interface StoredReport {
  readonly items: number;
  readonly bytes: number;
  /** Of those, what is kept for longer than a day. */
  readonly lastingItems: number;
  readonly lastingBytes: number;
}
