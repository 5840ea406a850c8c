import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSUMED, FLOWS, type Flow, isRequest } from './usage.ts';

/** A price as it was read somewhere, on a day. */
export interface Price {
  readonly key: string;
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly region: string;
  readonly source: string;
  /** The day, or `none` where it is assumed. */
  readonly read: string;
}

/** What a case takes of the table, as tests/flows/round-trips.test.ts measures it. */
export interface Taken {
  readonly read: number;
  readonly write: number;
  readonly writes: Readonly<Record<string, number>>;
}

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

export const PRICES = readJson('prices.json') as readonly Price[];
const MEASURED = readJson('measured.json') as Readonly<Record<string, Taken>>;

/** @throws Error for a price that there is none of */
export function usd(key: string, count: number): number {
  const price = PRICES.find((one) => one.key === key);
  if (price === undefined) throw new Error(`prices.json has no price of ${key}`);
  return (count / price.per) * price.usd;
}

/** @throws Error for a case that was not measured */
export function takenBy(name: string): Taken {
  const taken = MEASURED[name];
  if (taken === undefined) throw new Error(`measured.json does not have "${name}"`);
  return taken;
}

const sum = <T>(of: readonly T[], value: (one: T) => number) => of.reduce((all, one) => all + value(one), 0);

/** How much there is in one flow, or in all that an account does in a month. */
export interface Load {
  readonly requests: number;
  /** Requests, and runs on the stream. */
  readonly runs: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly smsCodes: number;
  readonly smsNotices: number;
  readonly mails: number;
  readonly events: number;
}

export function loadOf({ cases, smsCodes = 0, smsNotices = 0, mails = 0, events = 0 }: Flow): Load {
  return {
    requests: cases.filter(isRequest).length,
    runs: cases.length,
    readUnits: sum(cases, (name) => takenBy(name).read),
    writeUnits: sum(cases, (name) => takenBy(name).write),
    smsCodes,
    smsNotices,
    mails,
    events,
  };
}

/** Of one account in a month. */
export function monthlyLoad(): Load {
  const names = Object.keys(loadOf({ name: { en: '', zh: '' }, perAccountAndMonth: 0, cases: [] }));
  return Object.fromEntries(
    names.map((name) => [
      name,
      sum(FLOWS, (flow) => flow.perAccountAndMonth * loadOf(flow)[name as keyof Load]),
    ]),
  ) as unknown as Load;
}

const GIGABYTE = 1024 ** 3;
const FREE_STORAGE_GIGABYTES = 25;

export const COMPONENTS = [
  'api',
  'functions',
  'writes',
  'reads',
  'storage',
  'mail',
  'bus',
  'logs',
  'watching',
  'traffic',
  'smsTencent',
  'smsAws',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** What is paid for being kept or watched, whether or not anything happens. */
type Standing = 'storage' | 'watching';

/**
 * What costs as often as it happens, in USD; SMS as if all of them went by the one vendor, and by the other.
 *
 * @param times how often it happens
 * @param visits how many visits to the page it is in each time
 */
function costOf(load: Load, times: number, visits: number): Record<Exclude<Component, Standing>, number> {
  const runs = times * load.runs;
  const logGigabytes = (runs * ASSUMED.logBytesPerRun) / GIGABYTE;
  const parts = times * (load.smsCodes + load.smsNotices * ASSUMED.partsPerNotice);
  const bytesOut = times * (visits * ASSUMED.bytesPerVisit + load.requests * ASSUMED.bytesPerAnswer);
  return {
    api: usd('apiRequests', times * load.requests),
    functions:
      usd('lambdaRequests', runs) +
      usd('lambdaSeconds', runs * ASSUMED.secondsPerRun * ASSUMED.memoryGigabytes),
    writes: usd('writeUnits', times * load.writeUnits),
    reads: usd('readUnits', times * load.readUnits),
    mail: usd('mails', times * load.mails),
    bus: usd('events', times * load.events),
    logs: usd('logs', logGigabytes) + usd('logStorage', logGigabytes * ASSUMED.logMonths),
    traffic: usd('dataOut', bytesOut / GIGABYTE),
    smsTencent: usd('smsTencent', parts),
    smsAws: usd('smsAws', parts),
  };
}

const visitsIn = ({ cases }: Flow): number => (cases.some(isRequest) ? 1 : 0);

/** What a flow costs that happens so often. */
export const flowCost = (flow: Flow, times: number) => costOf(loadOf(flow), times, visitsIn(flow));

/** What a month costs with so many accounts. No free tier but the table's. */
export function monthlyCost(accounts: number): Record<Component, number> {
  const stored = (accounts * ASSUMED.storedBytesPerAccount) / GIGABYTE;
  const visits = sum(FLOWS, (flow) => flow.perAccountAndMonth * visitsIn(flow));
  return {
    ...costOf(monthlyLoad(), accounts, visits),
    storage: usd('tableStorage', Math.max(0, stored - FREE_STORAGE_GIGABYTES)) + usd('backups', stored),
    watching: usd('metrics', ASSUMED.metrics) + usd('alarms', ASSUMED.alarms),
  };
}
