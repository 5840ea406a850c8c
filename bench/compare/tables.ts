import { table } from '../pages.ts';
import { loadOf } from '../scale/cost.ts';
import { FLOWS as USED_FLOWS } from '../scale/usage.ts';
import type { Size } from './bundles.ts';
import { FLOWS, type FlowName } from './people.ts';
import type { ColdFigures, CpuReport, LatencyReport, Made, ProfileReport, Report } from './report.ts';
import type { SideName } from './sides.ts';
import type { Spread } from './statistics.ts';

/** The tables of docs/performance.md, and of what a run prints. A part that was not measured has none. */

const SIDE_NAMES: Readonly<Record<SideName, string>> = {
  ours: 'this service',
  revision: 'the revision',
  peer: 'better-auth',
};
const SIDES = Object.keys(SIDE_NAMES) as SideName[];

/** Each flow as it is asked of the service, and what of better-auth is nearest to it. */
export const ASKED: Readonly<Record<FlowName, { readonly ours: string; readonly peer: string }>> = {
  list: { ours: '`GET /account`', peer: '`/list-accounts`' },
  verifyCode: { ours: '`POST /otp/verify`', peer: '`/phone-number/verify`' },
  callback: { ours: '`GET /oauth/wechat/callback`, links', peer: '`/callback/provider`, links' },
  unlink: { ours: '`DELETE /links/wechat`', peer: '`/unlink-account`' },
  linkEmail: { ours: '`POST /links/email`', peer: '`/email-otp/change-email`' },
  sendCode: { ours: '`POST /otp/send`', peer: '`/phone-number/send-otp`' },
};

const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const show = (value: number): string => significant.format(value);
const withQuartiles = (value: Spread | undefined): string =>
  value === undefined ? '' : `${show(value.median)} (${show(value.lower)}–${show(value.upper)})`;
const kilobytes = ({ bytes, gzipBytes }: Size) => [show(bytes / 1000), show(gzipBytes / 1000)];

function cold({ empty, oneRequest, peer, ours, revision = {} }: NonNullable<Report['cold']>): string {
  const row = (name: string, figures: ColdFigures) => [
    name,
    withQuartiles(figures.wallMilliseconds),
    withQuartiles(figures.wallRatio),
    withQuartiles(figures.cpuMilliseconds),
    withQuartiles(figures.cpuRatio),
    figures.importMilliseconds === undefined ? '' : show(figures.importMilliseconds),
    figures.answerMilliseconds === undefined ? '' : show(figures.answerMilliseconds),
  ];
  const ofService = (side: 'ours' | 'revision', figures: Readonly<Record<string, ColdFigures>>) =>
    Object.entries(figures).map(([flow, one]) =>
      row(`${SIDE_NAMES[side]}, ${ASKED[flow as FlowName].ours}`, one),
    );
  return table(
    ['', 'wall, ms', '÷ empty', 'CPU, ms', '÷ empty', 'import, ms', 'answer, ms'],
    [
      row('an empty Node', empty),
      row('one plain HTTP request, `https` loaded', oneRequest),
      ...(peer ? [row(`better-auth, ${ASKED.list.peer}`, peer)] : []),
      ...ofService('ours', ours),
      ...ofService('revision', revision),
    ],
  );
}

/** The flows that were measured, in their order. */
const measured = <Figures>(flows: Readonly<Partial<Record<FlowName, Figures>>>): [FlowName, Figures][] =>
  FLOWS.flatMap((flow) => {
    const figures = flows[flow];
    return figures === undefined ? [] : [[flow, figures]];
  });

/** The sides that there are figures of. */
const sidesIn = (flows: readonly { readonly [side in SideName]?: unknown }[]): SideName[] =>
  SIDES.filter((side) => flows.some((figures) => figures[side] !== undefined));

const RATIO_HEADS = { ratioToPeer: '÷ better-auth', ratioToRevision: '÷ the revision' } as const;
const RATIOS = Object.keys(RATIO_HEADS) as (keyof typeof RATIO_HEADS)[];

function cpu({ flows: report }: CpuReport): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures.sides));
  const ratios = RATIOS.filter((name) => flows.some(([, figures]) => figures[name] !== undefined));
  return table(
    [
      'request',
      ...sides.map((side) => `${SIDE_NAMES[side]}, ms`),
      ...ratios.map((name) => RATIO_HEADS[name]),
    ],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours,
      ...sides.map((side) => withQuartiles(figures.sides[side]?.cpuMilliseconds)),
      ...ratios.map((name) => withQuartiles(figures[name])),
    ]),
  );
}

function memory({ flows: report }: CpuReport): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures.sides));
  return table(
    ['MiB resident after', 'requests', ...sides.map((side) => SIDE_NAMES[side])],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours,
      show(figures.requests),
      ...sides.map((side) => show(figures.sides[side]?.residentMebibytes ?? Number.NaN)),
    ]),
  );
}

function latency({ flows: report }: LatencyReport): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures));
  return table(
    ['request', ...sides.flatMap((side) => [`${SIDE_NAMES[side]}, ms`, 'calls'])],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours,
      ...sides.flatMap((side) => [
        withQuartiles(figures[side]?.milliseconds),
        show(figures[side]?.calls ?? Number.NaN),
      ]),
    ]),
  );
}

/** What of better-auth was asked in place of what. */
const asked = (): string =>
  table(
    ['this service', 'better-auth'],
    FLOWS.map((flow) => [ASKED[flow].ours, ASKED[flow].peer]),
    2,
  );

function bundles({
  functions,
  largest,
  median: middle,
  ours,
  revision,
  peer,
}: NonNullable<Report['bundles']>) {
  return table(
    ['bundle', 'KB', 'KB, gzip', ...(revision ? ['the revision, gzip'] : [])],
    [
      ...Object.entries(ours).map(([name, size]) => [
        `\`${name}\``,
        ...kilobytes(size),
        ...(revision ? [show((revision[name]?.gzipBytes ?? Number.NaN) / 1000)] : []),
      ]),
      [`median of all ${functions}`, ...kilobytes(middle)],
      ['largest', ...kilobytes(largest)],
      ...(peer ? [['better-auth', ...kilobytes(peer)]] : []),
    ],
  );
}

/** What a flow takes of the table, as the tests measure it for docs/scale.md, and what it leaves there. */
const stored = (flows: NonNullable<Report['stored']>): string =>
  table(
    ['an account…', 'requests', 'read units', 'write units', 'items', 'bytes', 'items that stay', 'bytes'],
    USED_FLOWS.flatMap((flow) => {
      const left = flows[flow.name.en];
      if (left === undefined) return [];
      const { requests, readUnits, writeUnits } = loadOf(flow);
      const { items, bytes, lastingItems, lastingBytes } = left;
      const numbers = [requests, readUnits, writeUnits, items, bytes, lastingItems, lastingBytes];
      return [[flow.name.en, ...numbers.map(String)]];
    }),
  );

/** Owners of less than this part of the time are added up. */
const PROFILE_PART_MIN = 0.02;

/** Whose code the time goes to. */
export function profileTable(report: ProfileReport): string {
  const times = Object.entries(report);
  const sum = (some: typeof times) => some.reduce((all, [, milliseconds]) => all + milliseconds, 0);
  const all = sum(times);
  const shown = times.filter(([, milliseconds]) => milliseconds >= all * PROFILE_PART_MIN);
  const ofNode = times.filter(([owner]) => /^(node:|V8$|\()/.test(owner));
  const rows: typeof times = [
    ...shown,
    ['all others', all - sum(shown)],
    ['**Node and V8 of all**', sum(ofNode)],
    ['**all**', all],
  ];
  return table(
    ['whose code', 'ms', '%'],
    rows.map(([owner, milliseconds]) => [owner, show(milliseconds), show((milliseconds / all) * 100)]),
  );
}

interface Goal {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** Write units of an email link, its requests and notices together, when it was measured first. */
const EMAIL_LINK_WRITE_UNITS_AT_FIRST = 89;

/** What was aimed at, as far as it was measured. */
export function goals({ cold: coldReport, cpu: cpuReport, bundles: sizes }: Report): Goal[] {
  const found: Goal[] = [];
  const atMost = (name: string, value: number, limit: number, unit = '') =>
    found.push({
      name,
      limit: `≤ ${show(limit)}${unit}`,
      measured: `${show(value)}${unit}`,
      isMet: value <= limit,
    });
  for (const [flow, { wallRatio }] of Object.entries(coldReport?.ours ?? {}))
    atMost(`cold start to first answer ÷ empty Node, ${ASKED[flow as FlowName].ours}`, wallRatio.median, 2);
  if (sizes) atMost('largest bundle of a function, gzip', sizes.largest.gzipBytes / 1000, 100, ' KB');
  for (const flow of ['list', 'verifyCode', 'callback', 'unlink', 'linkEmail'] as const) {
    const ratio = cpuReport?.flows[flow]?.ratioToPeer?.median;
    if (ratio === undefined) continue;
    const name = `CPU of a request ÷ better-auth, ${ASKED[flow].ours}`;
    found.push({ name, limit: '< 1', measured: show(ratio), isMet: ratio < 1 });
  }
  const sending = cpuReport?.sendingToVerifying?.median;
  if (sending !== undefined) atMost('CPU of sending a code ÷ verifying it', sending, 1.2);
  const emailLink = USED_FLOWS.find(({ name }) => name.en === 'links an email');
  if (emailLink)
    atMost(
      'write units of linking an email',
      loadOf(emailLink).writeUnits,
      Math.floor((EMAIL_LINK_WRITE_UNITS_AT_FIRST * 2) / 3),
    );
  return found;
}

const goalsTable = (report: Report): string =>
  table(
    ['', 'goal', 'measured', ''],
    goals(report).map(({ name, limit, measured, isMet }) => [
      name,
      limit,
      measured,
      isMet ? 'met' : 'missed',
    ]),
  );

function made({ node, betterAuth, rounds }: Made, calibration: Spread): string {
  const peer = betterAuth === undefined ? '' : `, better-auth ${betterAuth} on SQLite`;
  const { lower, median, upper } = calibration;
  return table(
    [
      'measured',
      'rounds',
      'the piece of work that is always the same, CPU, ms',
      'its quartiles lie apart by',
    ],
    [
      [
        `Node ${node}${peer}`,
        String(rounds),
        withQuartiles(calibration),
        `${show(((upper - lower) / median) * 100)} %`,
      ],
    ],
  );
}

/** All tables that a report has, by their names. */
export function tables(report: Report): Record<string, () => string> {
  const {
    cold: coldReport,
    cpu: cpuReport,
    latency: latencyReport,
    bundles: bundleReport,
    stored: storedReport,
    profiles,
    calibration,
  } = report;
  return {
    ...(calibration && { made: () => made(report.made, calibration) }),
    goals: () => goalsTable(report),
    asked,
    ...(coldReport && { cold: () => cold(coldReport) }),
    ...(cpuReport && { cpu: () => cpu(cpuReport), memory: () => memory(cpuReport) }),
    ...(latencyReport && { latency: () => latency(latencyReport) }),
    ...(bundleReport && { bundles: () => bundles(bundleReport) }),
    ...(storedReport && { stored: () => stored(storedReport) }),
    ...(profiles && {
      coldList: () => profileTable(profiles.coldList),
      warmSending: () => profileTable(profiles.warmSending),
    }),
  };
}
