import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './packaged.ts';

/** A metric as CloudFormation names it. */
interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

export interface AlarmProperties extends Partial<Metric> {
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly Statistic?: string;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly TreatMissingData: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData: boolean;
    readonly MetricStat?: { readonly Metric: Metric; readonly Period: number; readonly Stat: string };
  }[];
}

export interface StackPart {
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Condition?: string; readonly Properties: Record<string, unknown> }
    >
  >;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

type Settings = Readonly<Record<string, string>>;
type Make = (serverless: {
  readonly resolveConfigurationProperty: (path: readonly string[]) => Promise<unknown>;
}) => Promise<StackPart>;

const read = (file: string) => parse(readFileSync(join(ROOT, file), 'utf8'));
/** `${env:NAME, 'default'}`, whatever else is asked in between. */
const defaultOf = (value: string) => /'([^']*)'\}$/.exec(value)?.[1] ?? '';

/** What a file of infrastructure/ makes with these settings, and the defaults for the rest: without packaging anything. */
export async function stackPart(file: string, given: Settings = {}): Promise<StackPart> {
  const settings: Settings = { STATE: 'prod', ...given };
  const make = createRequire(import.meta.url)(join(ROOT, 'infrastructure', file)) as Make;
  const stack = read('infrastructure/stack-settings.yml') as Settings;
  const { provider, functions } = read('serverless.yml');
  const fill = (values: Settings) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, settings[name] ?? defaultOf(value)]),
    );
  const configuration = {
    functions,
    provider: { environment: fill(provider.environment) },
    custom: { stack: fill(stack) },
  };
  return make({
    resolveConfigurationProperty: async (path) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], configuration),
  });
}

/** The alarms of a deployment with these settings, by their logical ids. */
export async function alarmsWith(settings: Settings = {}): Promise<Map<string, AlarmProperties>> {
  const { Resources } = await stackPart('alarms.cjs', settings);
  return new Map(
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::CloudWatch::Alarm' ? [[id, Properties as unknown as AlarmProperties]] : [],
    ),
  );
}

/** What an alarm looks at, by the ids of its expression; `watched` where it has none. */
export function metricsOf(alarm: AlarmProperties): Map<string, Metric> {
  const { Metrics, Namespace = '', MetricName = '', Dimensions = [] } = alarm;
  if (Metrics === undefined) return new Map([['watched', { Namespace, MetricName, Dimensions }]]);
  return new Map(
    Metrics.flatMap(({ Id, MetricStat }): [string, Metric][] =>
      MetricStat ? [[Id, MetricStat.Metric]] : [],
    ),
  );
}

/** The metrics of lib/observe.ts that any alarm looks at. */
export function countedMetricsOf(alarms: ReadonlyMap<string, AlarmProperties>): string[] {
  const metrics = [...alarms.values()].flatMap((alarm) => [...metricsOf(alarm).values()]);
  const counted = metrics.filter(({ Namespace: namespace }) => namespace === 'AccountLinking');
  return [...new Set(counted.map(({ MetricName: name }) => name))];
}
