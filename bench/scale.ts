import { readFileSync, writeFileSync } from 'node:fs';
import { shardCount } from '../lib/linking/spending.ts';
import { deployedSettings, mostParts, mostSends } from '../local/bill.ts';
import { LANGUAGES, type Language, placeTables, table, twins } from './pages.ts';
import {
  COMPONENTS,
  type Component,
  flowCost,
  loadOf,
  monthlyCost,
  monthlyLoad,
  PRICES,
  usd,
} from './scale/cost.ts';
import { GROWTH, type GrowthReport, readGrown } from './scale/growth.ts';
import { ceilingOf, type Heat, meanOf, PARTITION_WRITE_UNITS, simulate } from './scale/hot-keys.ts';
import { QUOTAS, reachedAt } from './scale/quotas.ts';
import { ASSUMED, FLOWS, type Words } from './scale/usage.ts';

/**
 * `npm run scale`: writes the tables of docs/scale.md and its Chinese twin anew, from bench/scale: prices, usage, and what flows take of the
 * table. A test holds the pages to them.
 */

export const PAGES = twins('scale');

const ACCOUNTS = [1_000, 1_000_000, 100_000_000];
const SIMULATED = { flowsPerSecond: 10_000, accounts: 1_000_000, shards: 10, seconds: 3 };

const RATES = [
  { requestsPerSecond: 1, seconds: 3_600 },
  { requestsPerSecond: 100, seconds: 300 },
  { requestsPerSecond: 10_000, seconds: 3 },
];
/** Who are active at a time, for each request a second. */
const ACCOUNTS_PER_REQUEST = 100;

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
/** Three digits are more than any of it is known to. */
const show = (value: number) => (value === 0 ? '0' : fine.format(value));
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const dollars = (value: number) =>
  value < 100 ? cents.format(value) : whole.format(Number(value.toPrecision(3)));

const COMPONENT_NAMES: Readonly<Record<Component, Words>> = {
  api: { en: 'API Gateway', zh: 'API Gateway' },
  functions: { en: 'Lambda', zh: 'Lambda' },
  writes: { en: 'DynamoDB, writes', zh: 'DynamoDB 写' },
  reads: { en: 'DynamoDB, reads', zh: 'DynamoDB 读' },
  storage: { en: 'DynamoDB, storage and recovery', zh: 'DynamoDB 存储与时间点恢复' },
  mail: { en: 'SES', zh: 'SES' },
  bus: { en: 'EventBridge', zh: 'EventBridge' },
  logs: { en: 'CloudWatch, logs', zh: 'CloudWatch 日志' },
  watching: { en: 'CloudWatch, metrics and alarms', zh: 'CloudWatch 指标与告警' },
  traffic: { en: 'traffic of page and API', zh: '页面与 API 流量' },
  smsTencent: { en: 'SMS, if all go to +86 by Tencent', zh: '短信（全部经腾讯云发往 +86）' },
  smsAws: { en: 'SMS, if all go elsewhere by AWS', zh: '短信（全部经 AWS 发往其他地区）' },
};

const HEADS = {
  prices: {
    en: ['what', 'USD', 'per', 'region', 'read', 'where'],
    zh: ['项目', '美元', '每', '区域', '读取日期', '出处'],
  },
  flows: {
    en: ['an account…', 'times a month', 'requests', 'read units', 'write units', 'SMS', 'mails'],
    zh: ['一个账号…', '每月次数', '请求', '读单位', '写单位', '短信', '邮件'],
  },
  months: {
    en: ['USD a month', ...ACCOUNTS.map((count) => `${whole.format(count)} accounts`)],
    zh: ['美元/月', ...ACCOUNTS.map((count) => `${whole.format(count)} 个账号`)],
  },
  worst: {
    en: ['in a day', 'messages', 'parts each', 'USD by Tencent', 'USD by AWS'],
    zh: ['一天内', '条数', '每条计费段数', '经腾讯云（美元）', '经 AWS（美元）'],
  },
  quotas: {
    en: ['quota', 'default', 'used up at', 'before it ends', 'where'],
    zh: ['配额', '默认值', '用尽时的账号数', '用尽之前', '出处'],
  },
  heat: {
    en: [
      'partitions',
      'write units a second, all',
      'hottest partition in a second',
      `of its ${whole.format(PARTITION_WRITE_UNITS)}`,
    ],
    zh: ['分区', '每秒写单位（合计）', '最热分区一秒内', `占其 ${whole.format(PARTITION_WRITE_UNITS)} 的`],
  },
  ceilings: {
    en: [
      'count',
      'shards',
      'a second, by capacity',
      'a second, with one try in ten repeated',
      'that is an hour',
    ],
    zh: ['计数', '分片', '每秒上限（按容量）', '每秒（每十次有一次冲突重试）', '合每小时'],
  },
} as const satisfies Record<string, Readonly<Record<Language, readonly string[]>>>;

const SPANS: Readonly<Record<'second' | 'day' | 'at once', Words>> = {
  second: { en: ' a second', zh: '/秒' },
  day: { en: ' a day', zh: '/天' },
  'at once': { en: ' at once', zh: '（同时）' },
};

function months(language: Language): string {
  const costs = ACCOUNTS.map(monthlyCost);
  const rows = COMPONENTS.map((component) => [
    COMPONENT_NAMES[component][language],
    ...costs.map((cost) => dollars(cost[component])),
  ]);
  const total = (name: Words, without: Component): string[] => [
    `**${name[language]}**`,
    ...costs.map((cost) => {
      const sum = COMPONENTS.reduce((all, one) => all + (one === without ? 0 : cost[one]), 0);
      return `**${dollars(sum)}**`;
    }),
  ];
  return table(HEADS.months[language], [
    ...rows,
    total({ en: 'together, SMS by Tencent', zh: '合计（短信经腾讯云）' }, 'smsAws'),
    total({ en: 'together, SMS by AWS', zh: '合计（短信经 AWS）' }, 'smsTencent'),
  ]);
}

/** What the caps of a deployment with default settings let through in a day, in money. */
export function worstDay(): {
  readonly rows: readonly WorstRow[];
  readonly tencent: number;
  readonly aws: number;
} {
  const settings = deployedSettings({});
  const most = mostSends(settings.spending, settings.NOTIFY);
  const parts = mostParts(settings);
  const row = (name: Words, count: number, each: number, of: 'sms' | 'mail'): WorstRow => ({
    name,
    count,
    parts: each,
    tencent: of === 'sms' ? usd('smsTencent', count * each) : usd('mails', count),
    aws: of === 'sms' ? usd('smsAws', count * each) : usd('mails', count),
  });
  const rows = [
    row({ en: 'SMS with codes', zh: '验证码短信' }, most.smsCodes.day, parts.codes, 'sms'),
    row({ en: 'SMS with notices', zh: '通知短信' }, most.smsNotices.day, parts.notices, 'sms'),
    row({ en: 'mails with codes', zh: '验证码邮件' }, most.mailCodes.day, 1, 'mail'),
    row({ en: 'mails with notices', zh: '通知邮件' }, most.mailNotices.day, 1, 'mail'),
  ];
  const sum = (of: 'tencent' | 'aws') => rows.reduce((all, one) => all + one[of], 0);
  return { rows, tencent: sum('tencent'), aws: sum('aws') };
}

interface WorstRow {
  readonly name: Words;
  readonly count: number;
  readonly parts: number;
  readonly tencent: number;
  readonly aws: number;
}

function worst(language: Language): string {
  const { rows, tencent, aws } = worstDay();
  return table(HEADS.worst[language], [
    ...rows.map(({ name, count, parts, tencent: byTencent, aws: byAws }) => [
      name[language],
      whole.format(count),
      String(parts),
      dollars(byTencent),
      dollars(byAws),
    ]),
    [
      language === 'en' ? '**at most**' : '**最多**',
      '',
      '',
      `**${dollars(tencent)}**`,
      `**${dollars(aws)}**`,
    ],
  ]);
}

function flows(language: Language): string {
  const month = monthlyLoad();
  return table(HEADS.flows[language], [
    ...FLOWS.map((flow) => {
      const { requests, readUnits, writeUnits, smsCodes, smsNotices, mails } = loadOf(flow);
      const counts = [requests, readUnits, writeUnits, smsCodes + smsNotices, mails];
      return [flow.name[language], show(flow.perAccountAndMonth), ...counts.map(String)];
    }),
    [
      language === 'en' ? '**all in a month**' : '**每月合计**',
      '',
      ...[
        month.requests,
        month.readUnits,
        month.writeUnits,
        month.smsCodes + month.smsNotices,
        month.mails,
      ].map(show),
    ],
  ]);
}

function quotas(language: Language): string {
  return table(
    HEADS.quotas[language],
    QUOTAS.map((quota) => {
      const accounts = reachedAt(quota);
      return [
        quota.name[language],
        `${whole.format(quota.limit)}${SPANS[quota.span][language]}`,
        accounts === undefined ? '—' : whole.format(Number(accounts.toPrecision(2))),
        quota.advice[language],
        `[↗](${quota.source})`,
      ];
    }),
    5,
  );
}

let heated: readonly Heat[] | undefined;

function heat(language: Language): string {
  // The same for every language, and not made at once.
  heated ??= simulate(SIMULATED);
  return table(
    HEADS.heat[language],
    heated.map(({ form, unitsPerSecond, hottest }) => [
      `\`${form}\``,
      show(unitsPerSecond),
      whole.format(hottest),
      `${show((hottest / PARTITION_WRITE_UNITS) * 100)} %`,
    ]),
  );
}

interface Rate {
  readonly flowsPerSecond: number;
  readonly seconds: number;
  /** Hottest first. */
  readonly heat: readonly Heat[];
}

let rated: readonly Rate[] | undefined;

const rates = (): readonly Rate[] =>
  RATES.map(({ requestsPerSecond, seconds }) => {
    const flowsPerSecond = requestsPerSecond / meanOf('requests');
    const accounts = requestsPerSecond * ACCOUNTS_PER_REQUEST;
    return {
      flowsPerSecond,
      seconds,
      heat: simulate({ flowsPerSecond, accounts, shards: SIMULATED.shards, seconds }),
    };
  });

/** What the table gets at each of the rates. */
function load(language: Language): string {
  rated ??= rates();
  const row = (name: Words, value: (rate: Rate) => string) => [name[language], ...(rated ?? []).map(value)];
  const ofPartition = (one: Heat | undefined) =>
    one === undefined
      ? ''
      : `${whole.format(one.hottest)} (${show((one.hottest / PARTITION_WRITE_UNITS) * 100)} %)`;
  return table(
    [
      language === 'en' ? 'requests a second' : '每秒请求数',
      ...RATES.map(({ requestsPerSecond }) => whole.format(requestsPerSecond)),
    ],
    [
      row({ en: 'flows a second', zh: '每秒流程数' }, ({ flowsPerSecond }) => show(flowsPerSecond)),
      row({ en: 'read units a second', zh: '每秒读单位' }, ({ flowsPerSecond }) =>
        show(flowsPerSecond * meanOf('readUnits')),
      ),
      row({ en: 'write units a second', zh: '每秒写单位' }, ({ flowsPerSecond }) =>
        show(flowsPerSecond * meanOf('writeUnits')),
      ),
      row({ en: 'seconds simulated', zh: '模拟秒数' }, ({ seconds }) => whole.format(seconds)),
      row({ en: 'hottest partition', zh: '最热的分区' }, ({ heat }) => `\`${heat[0]?.form}\``),
      row({ en: 'its write units in a second', zh: '其一秒内的写单位' }, ({ heat: [hottest] }) =>
        ofPartition(hottest),
      ),
      row({ en: 'those of the hottest account', zh: '最热账号的写单位' }, ({ heat }) =>
        ofPartition(heat.find(({ form }) => form.startsWith('ACCOUNT#'))),
      ),
    ],
  );
}

const THOUSAND = 1_000;

/** What flows cost, by what it is for. */
function thousand(language: Language): string {
  const columns: readonly (readonly [Words, readonly (keyof ReturnType<typeof flowCost>)[]])[] = [
    [{ en: 'API, functions, logs', zh: 'API、函数、日志' }, ['api', 'functions', 'logs']],
    [{ en: 'table', zh: '数据表' }, ['reads', 'writes']],
    [{ en: 'mail and bus', zh: '邮件与事件总线' }, ['mail', 'bus']],
    [{ en: 'traffic', zh: '流量' }, ['traffic']],
    [
      { en: '**without SMS**', zh: '**合计（不含短信）**' },
      ['api', 'functions', 'logs', 'reads', 'writes', 'mail', 'bus', 'traffic'],
    ],
    [{ en: 'SMS by Tencent', zh: '短信（腾讯云）' }, ['smsTencent']],
    [{ en: 'SMS by AWS', zh: '短信（AWS）' }, ['smsAws']],
  ];
  return table(
    [
      language === 'en' ? 'USD, a thousand times that an account…' : '一千次（美元）：一个账号…',
      ...columns.map(([name]) => name[language]),
    ],
    FLOWS.map((flow) => {
      const cost = flowCost(flow, THOUSAND);
      const sums = columns.map(([, parts]) => parts.reduce((sum, part) => sum + cost[part], 0));
      return [flow.name[language], ...sums.map(show)];
    }),
  );
}

const GROWN_NAMES: Readonly<Record<keyof GrowthReport, Words>> = {
  methods: { en: 'an account with so many methods', zh: '登录方式数' },
  sessions: { en: 'an account with so many sessions', zh: '会话数' },
  events: { en: 'an account with so many events in its history', zh: '历史事件数' },
};

/** What an account takes by how much it has of something: units read / written. */
function grown(kind: keyof GrowthReport, language: Language): string {
  const accounts = readGrown()[kind];
  const names = Object.entries(GROWTH) as [keyof typeof GROWTH, Words][];
  return table(
    [GROWN_NAMES[kind][language], ...accounts.map(({ count }) => whole.format(count))],
    [
      [language === 'en' ? 'its items' : '数据条数', ...accounts.map(({ items }) => whole.format(items))],
      [language === 'en' ? 'their bytes' : '字节数', ...accounts.map(({ bytes }) => whole.format(bytes))],
      ...names.map(([name, words]) => [
        words[language],
        ...accounts.map(({ units: { [name]: taken } }) =>
          taken === undefined ? '—' : `${whole.format(taken.read)} / ${whole.format(taken.write)}`,
        ),
      ]),
    ],
  );
}

/** The counts that everybody's messages are in, with what one message writes to a shard of it: a code by SMS, when it is sent and when it is verified. */
const COUNTS = [
  {
    name: {
      en: 'codes by SMS (`SMS_PER_HOUR`, `SMS_PER_DAY`, `UNVERIFIED_RATIO_LIMIT`)',
      zh: '短信验证码（`SMS_PER_HOUR`、`SMS_PER_DAY`、`UNVERIFIED_RATIO_LIMIT`）',
    },
    writes: 2,
  },
  {
    name: {
      en: 'codes by mail (`MAILS_PER_HOUR`, `MAILS_PER_DAY`)',
      zh: '邮件验证码（`MAILS_PER_HOUR`、`MAILS_PER_DAY`）',
    },
    writes: 1,
  },
  {
    name: {
      en: 'notices (`NOTICES_PER_HOUR`, `NOTICES_PER_DAY`)',
      zh: '通知（`NOTICES_PER_HOUR`、`NOTICES_PER_DAY`）',
    },
    writes: 1,
  },
] as const;

function ceilings(language: Language): string {
  // As many as there ever are.
  const shards = shardCount(Number.MAX_SAFE_INTEGER);
  return table(
    HEADS.ceilings[language],
    COUNTS.map(({ name, writes }) => {
      const { byCapacity, byConflicts } = ceilingOf(shards, writes);
      return [
        name[language],
        String(shards),
        show(byCapacity),
        show(byConflicts),
        whole.format(Number((byConflicts * 3600).toPrecision(2))),
      ];
    }),
  );
}

const assumed = (language: Language): string =>
  table(
    language === 'en'
      ? ['assumed (`bench/scale/usage.ts`)', 'value']
      : ['假设（`bench/scale/usage.ts`）', '值'],
    Object.entries(ASSUMED).map(([name, value]) => [`\`${name}\``, String(value)]),
  );

const prices = (language: Language): string =>
  table(
    HEADS.prices[language],
    PRICES.map(({ usd: price, per, unit, region, read, source }) => [
      unit,
      String(price),
      whole.format(per),
      region,
      read === 'none' ? (language === 'en' ? 'assumed' : '假设') : read,
      `[↗](${source})`,
    ]),
    6,
  );

const PARTS: Readonly<Record<string, (language: Language) => string>> = {
  flows,
  assumed,
  months,
  worst,
  quotas,
  heat,
  ceilings,
  load,
  thousand,
  grownMethods: (language) => grown('methods', language),
  grownSessions: (language) => grown('sessions', language),
  grownEvents: (language) => grown('events', language),
  prices,
};

/** A page with its tables as they are now. */
export function rendered(page: string, language: Language): string {
  const tables = Object.entries(PARTS).map(([name, part]) => [name, () => part(language)] as const);
  return placeTables(page, 'scale', Object.fromEntries(tables));
}

if (import.meta.main)
  for (const language of LANGUAGES) {
    const page = readFileSync(PAGES[language], 'utf8');
    writeFileSync(PAGES[language], rendered(page, language));
  }
