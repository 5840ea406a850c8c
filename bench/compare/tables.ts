import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, table } from '../pages.ts';
import { loadOf, usd } from '../scale/cost.ts';
import { FLOWS as USED_FLOWS, type Words } from '../scale/usage.ts';
import type { Size } from './bundles.ts';
import { BUNDLE_GZIP_BYTES_MAX } from './measure.ts';
import { FLOWS, type FlowName } from './people.ts';
import type { ColdFigures, CpuReport, LatencyReport, Made, ProfileReport, Report } from './report.ts';
import type { SideName } from './sides.ts';
import type { Spread } from './statistics.ts';

/** The tables of docs/performance.md and its Chinese twin, and of what a run prints. A part that was not measured has none. */

const SIDE_NAMES: Readonly<Record<SideName, Words>> = {
  ours: { en: 'this service', zh: '本服务' },
  revision: { en: 'the revision', zh: '该版本' },
  peer: { en: 'better-auth', zh: 'better-auth' },
};
const SIDES = Object.keys(SIDE_NAMES) as SideName[];

/** Each flow as it is asked of the service, and what of better-auth is nearest to it. */
const ASKED: Readonly<Record<FlowName, { readonly ours: Words; readonly peer: Words }>> = {
  list: {
    ours: { en: '`GET /account`', zh: '`GET /account`' },
    peer: { en: '`/list-accounts`', zh: '`/list-accounts`' },
  },
  verifyCode: {
    ours: { en: '`POST /otp/verify`', zh: '`POST /otp/verify`' },
    peer: { en: '`/phone-number/verify`', zh: '`/phone-number/verify`' },
  },
  callback: {
    ours: { en: '`GET /oauth/wechat/callback`, links', zh: '`GET /oauth/wechat/callback`（关联）' },
    peer: { en: '`/callback/provider`, links', zh: '`/callback/provider`（关联）' },
  },
  unlink: {
    ours: { en: '`DELETE /links/wechat`', zh: '`DELETE /links/wechat`' },
    peer: { en: '`/unlink-account`', zh: '`/unlink-account`' },
  },
  linkEmail: {
    ours: { en: '`POST /links/email`', zh: '`POST /links/email`' },
    peer: { en: '`/email-otp/change-email`', zh: '`/email-otp/change-email`' },
  },
  sendCode: {
    ours: { en: '`POST /otp/send`', zh: '`POST /otp/send`' },
    peer: { en: '`/phone-number/send-otp`', zh: '`/phone-number/send-otp`' },
  },
};

const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const show = (value: number): string => significant.format(value);
const withQuartiles = (value: Spread | undefined): string =>
  value === undefined ? '' : `${show(value.median)} (${show(value.lower)}–${show(value.upper)})`;
const kilobytes = ({ bytes, gzipBytes }: Size) => [show(bytes / 1000), show(gzipBytes / 1000)];

const ofRequest = (name: Words, flow: FlowName, side: 'ours' | 'peer' = 'ours'): Words => ({
  en: `${name.en}, ${ASKED[flow][side].en}`,
  zh: `${name.zh}，${ASKED[flow][side].zh}`,
});

const COLD_HEADS = {
  en: ['', 'wall, ms', '÷ empty', 'CPU, ms', '÷ empty', 'import, ms', 'answer, ms', 'MiB resident'],
  zh: [
    '',
    '用时（毫秒）',
    '÷ 空 Node',
    'CPU（毫秒）',
    '÷ 空 Node',
    '加载（毫秒）',
    '首次应答（毫秒）',
    '常驻内存（MiB）',
  ],
};
const ONE_REQUEST: Words = {
  en: 'one plain HTTP request, `https` loaded',
  zh: '加载 `https`，发一个普通 HTTP 请求',
};

function cold(
  { empty, oneRequest, peer, ours, revision = {} }: NonNullable<Report['cold']>,
  language: Language,
): string {
  const row = (name: string, figures: ColdFigures) => [
    name,
    withQuartiles(figures.wallMilliseconds),
    withQuartiles(figures.wallRatio),
    withQuartiles(figures.cpuMilliseconds),
    withQuartiles(figures.cpuRatio),
    figures.importMilliseconds === undefined ? '' : show(figures.importMilliseconds),
    figures.answerMilliseconds === undefined ? '' : show(figures.answerMilliseconds),
    show(figures.residentMebibytes),
  ];
  const ofService = (side: 'ours' | 'revision', figures: Readonly<Record<string, ColdFigures>>) =>
    Object.entries(figures).map(([flow, one]) =>
      row(ofRequest(SIDE_NAMES[side], flow as FlowName)[language], one),
    );
  return table(COLD_HEADS[language], [
    row(language === 'en' ? 'an empty Node' : '空的 Node', empty),
    row(ONE_REQUEST[language], oneRequest),
    ...(peer ? [row(ofRequest(SIDE_NAMES.peer, 'list', 'peer')[language], peer)] : []),
    ...ofService('ours', ours),
    ...ofService('revision', revision),
  ]);
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

const RATIO_HEADS = {
  ratioToPeer: { en: '÷ better-auth', zh: '÷ better-auth' },
  ratioToRevision: { en: '÷ the revision', zh: '÷ 该版本' },
} as const satisfies Record<string, Words>;
const REQUEST: Words = { en: 'request', zh: '请求' };
const MILLISECONDS: Words = { en: ', ms', zh: '（毫秒）' };
const RATIOS = Object.keys(RATIO_HEADS) as (keyof typeof RATIO_HEADS)[];

function cpu({ flows: report }: CpuReport, language: Language): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures.sides));
  const ratios = RATIOS.filter((name) => flows.some(([, figures]) => figures[name] !== undefined));
  return table(
    [
      REQUEST[language],
      ...sides.map((side) => SIDE_NAMES[side][language] + MILLISECONDS[language]),
      ...ratios.map((name) => RATIO_HEADS[name][language]),
    ],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours[language],
      ...sides.map((side) => withQuartiles(figures.sides[side]?.cpuMilliseconds)),
      ...ratios.map((name) => withQuartiles(figures[name])),
    ]),
  );
}

function memory({ flows: report }: CpuReport, language: Language): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures.sides));
  return table(
    [
      ...(language === 'en' ? ['MiB resident after', 'requests'] : ['常驻内存（MiB）', '请求数']),
      ...sides.map((side) => SIDE_NAMES[side][language]),
    ],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours[language],
      show(figures.requests),
      ...sides.map((side) => show(figures.sides[side]?.residentMebibytes ?? Number.NaN)),
    ]),
  );
}

function latency({ flows: report }: LatencyReport, language: Language): string {
  const flows = measured(report);
  const sides = sidesIn(flows.map(([, figures]) => figures));
  return table(
    [
      REQUEST[language],
      ...sides.flatMap((side) => [
        SIDE_NAMES[side][language] + MILLISECONDS[language],
        language === 'en' ? 'calls' : '调用次数',
      ]),
    ],
    flows.map(([flow, figures]) => [
      ASKED[flow].ours[language],
      ...sides.flatMap((side) => [
        withQuartiles(figures[side]?.milliseconds),
        show(figures[side]?.calls ?? Number.NaN),
      ]),
    ]),
  );
}

/** What of better-auth was asked in place of what. */
const asked = (language: Language): string =>
  table(
    [SIDE_NAMES.ours[language], SIDE_NAMES.peer[language]],
    FLOWS.map((flow) => [ASKED[flow].ours[language], ASKED[flow].peer[language]]),
    2,
  );

function bundles(
  { functions, tooLarge, largest, median: middle, ours, revision, peer }: NonNullable<Report['bundles']>,
  language: Language,
) {
  const isEnglish = language === 'en';
  const limit = BUNDLE_GZIP_BYTES_MAX / 1000;
  return table(
    [
      ...(isEnglish ? ['bundle', 'KB', 'KB, gzip'] : ['打包文件', 'KB', 'gzip 后 KB']),
      ...(revision ? [isEnglish ? 'the revision, gzip' : '该版本，gzip 后'] : []),
    ],
    [
      ...Object.entries(ours).map(([name, size]) => [
        `\`${name}\``,
        ...kilobytes(size),
        ...(revision ? [show((revision[name]?.gzipBytes ?? Number.NaN) / 1000)] : []),
      ]),
      [isEnglish ? `median of all ${functions}` : `全部 ${functions} 个的中位数`, ...kilobytes(middle)],
      [isEnglish ? 'largest' : '最大', ...kilobytes(largest)],
      [
        isEnglish ? `how many are above ${limit} KB, gzip` : `gzip 后超过 ${limit} KB 的个数`,
        '',
        show(tooLarge),
      ],
      ...(peer ? [['better-auth', ...kilobytes(peer)]] : []),
    ],
  );
}

interface Before {
  /** When it was measured first. */
  readonly revision: string;
  /** By the names of bench/scale/usage.ts. */
  readonly flows: Readonly<Record<string, { readonly readUnits: number; readonly writeUnits: number }>>;
}

const BEFORE = JSON.parse(readFileSync(join(import.meta.dirname, 'before.json'), 'utf8')) as Before;

const STORED_HEADS = {
  en: [
    'an account…',
    'requests',
    'read units',
    `at ${BEFORE.revision}`,
    'write units',
    `at ${BEFORE.revision}`,
    'items',
    'bytes',
    'items that stay',
    'bytes',
  ],
  zh: [
    '一个账号…',
    '请求',
    '读单位',
    `${BEFORE.revision} 时`,
    '写单位',
    `${BEFORE.revision} 时`,
    '数据条数',
    '字节',
    '留存条数',
    '字节',
  ],
};

/** What a flow takes of the table, as the tests measure it for docs/scale.md, and what it leaves there. */
const stored = (flows: NonNullable<Report['stored']>, language: Language): string =>
  table(
    STORED_HEADS[language],
    USED_FLOWS.flatMap((flow) => {
      const left = flows[flow.name.en];
      const before = BEFORE.flows[flow.name.en];
      if (left === undefined || before === undefined) return [];
      const { requests, readUnits, writeUnits } = loadOf(flow);
      const { items, bytes, lastingItems, lastingBytes } = left;
      const units = [readUnits, before.readUnits, writeUnits, before.writeUnits];
      const numbers = [requests, ...units, items, bytes, lastingItems, lastingBytes];
      return [[flow.name[language], ...numbers.map(String)]];
    }),
  );

/** Lambda gives a function a whole processor at so much memory. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEGABYTES_OF_A_PROCESSOR = 1_769;
const MEMORY_SIZES_MEGABYTES = [128, 256, 512, 1_024, MEGABYTES_OF_A_PROCESSOR];
const MILLION = 1_000_000;

/**
 * What a request would take with more or less memory, on paper: its processor time by the part of a processor that there is, its waiting for the store
 * as it was measured.
 */
function memorySizes({ cpu: { flows }, latency: { flows: delayed } }: Sized, language: Language): string {
  const measuredHere = (['list', 'sendCode'] as const).flatMap((flow) => {
    const busy = flows[flow]?.sides.ours?.cpuMilliseconds.median;
    const all = delayed[flow]?.ours?.milliseconds.median;
    return busy === undefined || all === undefined ? [] : [{ flow, busy, waiting: Math.max(0, all - busy) }];
  });
  const heads = language === 'en' ? ['memory, MB', 'part of a processor'] : ['内存（MB）', '处理器份额'];
  const dollarsHead = language === 'en' ? 'USD a million' : '每百万次（美元）';
  return table(
    [
      ...heads,
      ...measuredHere.flatMap(({ flow }) => [
        ASKED[flow].ours[language] + MILLISECONDS[language],
        dollarsHead,
      ]),
    ],
    MEMORY_SIZES_MEGABYTES.map((megabytes) => {
      const part = megabytes / MEGABYTES_OF_A_PROCESSOR;
      const cells = measuredHere.flatMap(({ busy, waiting }) => {
        const milliseconds = busy / part + waiting;
        // Billed by whole milliseconds.
        const gigabyteSeconds = (Math.ceil(milliseconds) / 1000) * (megabytes / 1024);
        return [milliseconds, usd('lambdaSeconds', MILLION * gigabyteSeconds)];
      });
      return [String(megabytes), ...[part, ...cells].map(show)];
    }),
  );
}

type Sized = Required<Pick<Report, 'cpu' | 'latency'>>;

/** Owners of less than this part of the time are added up. */
const PROFILE_PART_MIN = 0.02;

/** Whose code the time goes to. */
export function profileTable(report: ProfileReport, language: Language): string {
  const times = Object.entries(report);
  const sum = (some: typeof times) => some.reduce((all, [, milliseconds]) => all + milliseconds, 0);
  const all = sum(times);
  const shown = times.filter(([, milliseconds]) => milliseconds >= all * PROFILE_PART_MIN);
  const ofNode = times.filter(([owner]) => /^(node:|V8$|\()/.test(owner));
  const rows: typeof times = [
    ...shown,
    [language === 'en' ? 'all others' : '其余', all - sum(shown)],
    [language === 'en' ? '**Node and V8 of all**' : '**其中 Node 与 V8**', sum(ofNode)],
    [language === 'en' ? '**all**' : '**合计**', all],
  ];
  return table(
    [language === 'en' ? 'whose code' : '谁的代码', language === 'en' ? 'ms' : '毫秒', '%'],
    rows.map(([owner, milliseconds]) => [owner, show(milliseconds), show((milliseconds / all) * 100)]),
  );
}

interface Goal {
  readonly name: Words;
  readonly limit: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** What was aimed at, as far as it was measured. */
export function goals({ cold: coldReport, cpu: cpuReport, bundles: sizes }: Report): Goal[] {
  const found: Goal[] = [];
  const atMost = (name: Words, value: number, limit: number, unit = '') =>
    found.push({
      name,
      limit: `≤ ${show(limit)}${unit}`,
      measured: `${show(value)}${unit}`,
      isMet: value <= limit,
    });
  for (const [flow, { wallRatio }] of Object.entries(coldReport?.ours ?? {}))
    atMost(
      ofRequest(
        { en: 'cold start to first answer ÷ empty Node', zh: '冷启动到首次应答 ÷ 空 Node' },
        flow as FlowName,
      ),
      wallRatio.median,
      2,
    );
  if (sizes)
    atMost(
      { en: 'largest bundle of a function, gzip', zh: '最大的函数打包文件，gzip 后' },
      sizes.largest.gzipBytes / 1000,
      BUNDLE_GZIP_BYTES_MAX / 1000,
      ' KB',
    );
  for (const flow of ['list', 'verifyCode', 'callback', 'unlink', 'linkEmail'] as const) {
    const ratio = cpuReport?.flows[flow]?.ratioToPeer?.median;
    if (ratio === undefined) continue;
    const name = ofRequest({ en: 'CPU of a request ÷ better-auth', zh: '每请求 CPU ÷ better-auth' }, flow);
    found.push({ name, limit: '< 1', measured: show(ratio), isMet: ratio < 1 });
  }
  const sending = cpuReport?.sendingToVerifying?.median;
  if (sending !== undefined)
    atMost({ en: 'CPU of sending a code ÷ verifying it', zh: '发送验证码的 CPU ÷ 验证' }, sending, 1.2);
  const emailLink = USED_FLOWS.find(({ name }) => name.en === 'links an email');
  const before = BEFORE.flows['links an email'];
  if (emailLink && before)
    atMost(
      { en: 'write units of linking an email', zh: '关联邮箱的写单位' },
      loadOf(emailLink).writeUnits,
      Math.floor((before.writeUnits * 2) / 3),
    );
  return found;
}

const VERDICTS: Readonly<Record<'met' | 'missed', Words>> = {
  met: { en: 'met', zh: '达到' },
  missed: { en: 'missed', zh: '未达到' },
};

const goalsTable = (report: Report, language: Language): string =>
  table(
    language === 'en' ? ['', 'goal', 'measured', ''] : ['', '目标', '实测', ''],
    goals(report).map(({ name, limit, measured, isMet }) => [
      name[language],
      limit,
      measured,
      VERDICTS[isMet ? 'met' : 'missed'][language],
    ]),
  );

const MADE_HEADS = {
  en: [
    'measured',
    'rounds',
    'the piece of work that is always the same, CPU, ms',
    'its quartiles lie apart by',
  ],
  zh: ['测量对象', '轮数', '固定工作量的 CPU（毫秒）', '其四分位间距'],
};

function made({ node, betterAuth, rounds }: Made, calibration: Spread, language: Language): string {
  const peer =
    betterAuth === undefined
      ? ''
      : { en: `, better-auth ${betterAuth} on SQLite`, zh: `，better-auth ${betterAuth}（SQLite）` }[
          language
        ];
  const { lower, median, upper } = calibration;
  return table(MADE_HEADS[language], [
    [
      `Node ${node}${peer}`,
      String(rounds),
      withQuartiles(calibration),
      `${show(((upper - lower) / median) * 100)} %`,
    ],
  ]);
}

/** All tables that a report has, by their names. */
export function tables(report: Report, language: Language): Record<string, () => string> {
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
    ...(calibration && { made: () => made(report.made, calibration, language) }),
    goals: () => goalsTable(report, language),
    asked: () => asked(language),
    ...(coldReport && { cold: () => cold(coldReport, language) }),
    ...(cpuReport && { cpu: () => cpu(cpuReport, language), memory: () => memory(cpuReport, language) }),
    ...(latencyReport && { latency: () => latency(latencyReport, language) }),
    ...(cpuReport &&
      latencyReport && {
        memorySizes: () => memorySizes({ cpu: cpuReport, latency: latencyReport }, language),
      }),
    ...(bundleReport && { bundles: () => bundles(bundleReport, language) }),
    ...(storedReport && { stored: () => stored(storedReport, language) }),
    ...(profiles && {
      coldList: () => profileTable(profiles.coldList, language),
      warmSending: () => profileTable(profiles.warmSending, language),
    }),
  };
}
