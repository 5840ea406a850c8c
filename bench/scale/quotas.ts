import { type Load, monthlyLoad } from './cost.ts';
import { ASSUMED } from './usage.ts';

interface Words {
  readonly en: string;
  readonly zh: string;
}

/** A limit of a vendor's that the service meets some day. */
export interface Quota {
  readonly name: Words;
  readonly limit: number;
  readonly span: 'second' | 'day' | 'at once';
  /** What of it an account takes in a month; left out where it is not accounts that use it up. */
  readonly takes?: (load: Load) => number;
  readonly advice: Words;
  readonly source: string;
}

const MONTH_DAYS = 30;
const MONTH_SECONDS = MONTH_DAYS * 86_400;
const GUIDE = 'https://docs.aws.amazon.com';

const parts = ({ smsCodes, smsNotices }: Load) => smsCodes + smsNotices * ASSUMED.partsPerNotice;

export const QUOTAS: readonly Quota[] = [
  {
    name: { en: 'Lambda, functions at once, in a new account', zh: 'Lambda 并发数（新账号）' },
    limit: 10,
    span: 'at once',
    takes: ({ runs }) => runs * ASSUMED.secondsPerRun,
    advice: {
      en: 'Ask for 1,000 before the first deployment; until then the stream’s functions share the ten with the API.',
      zh: '首次部署前就申请提到 1,000；在此之前，流上的函数与 API 共用这 10 个并发。',
    },
    source: `${GUIDE}/lambda/latest/dg/gettingstarted-limits.html`,
  },
  {
    name: { en: 'Lambda, functions at once', zh: 'Lambda 并发数' },
    limit: 1_000,
    span: 'at once',
    takes: ({ runs }) => runs * ASSUMED.secondsPerRun,
    advice: {
      en: 'Ask for more in Service Quotas at half of it; tens of thousands are granted. Other functions of the AWS account share it.',
      zh: '用到一半时在 Service Quotas 申请提高，可批到数万；同一 AWS 账号的其他函数共用它。',
    },
    source: `${GUIDE}/lambda/latest/dg/gettingstarted-limits.html`,
  },
  {
    name: { en: 'API Gateway, requests', zh: 'API Gateway 请求数' },
    limit: 10_000,
    span: 'second',
    takes: ({ requests }) => requests,
    advice: {
      en: 'Ask for more in Service Quotas; all APIs of the account and region share it.',
      zh: '在 Service Quotas 申请提高；同账号同区域的所有 API 共用它。',
    },
    source: `${GUIDE}/apigateway/latest/developerguide/limits.html`,
  },
  {
    name: { en: 'DynamoDB, write units, of a table that is new', zh: 'DynamoDB 写单位（新表）' },
    limit: 4_000,
    span: 'second',
    takes: ({ writeUnits }) => writeUnits,
    advice: {
      en: 'It grows to twice the highest peak so far by itself. Before a launch or an import, set warm throughput.',
      zh: '会自动增长到历史峰值的两倍。上线或导入前设置预热吞吐量（warm throughput）。',
    },
    source: `${GUIDE}/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html`,
  },
  {
    name: { en: 'DynamoDB, write units of a table', zh: 'DynamoDB 单表写单位' },
    limit: 40_000,
    span: 'second',
    takes: ({ writeUnits }) => writeUnits,
    advice: { en: 'Ask for more in Service Quotas.', zh: '在 Service Quotas 申请提高。' },
    source: `${GUIDE}/amazondynamodb/latest/developerguide/ServiceQuotas.html`,
  },
  {
    name: { en: 'DynamoDB, read units of a table', zh: 'DynamoDB 单表读单位' },
    limit: 40_000,
    span: 'second',
    takes: ({ readUnits }) => readUnits,
    advice: {
      en: 'Ask for more in Service Quotas.',
      zh: '在 Service Quotas 申请提高。',
    },
    source: `${GUIDE}/amazondynamodb/latest/developerguide/ServiceQuotas.html`,
  },
  {
    name: { en: 'SES in the sandbox, mails', zh: 'SES 沙盒邮件数' },
    limit: 200,
    span: 'day',
    takes: ({ mails }) => mails,
    advice: {
      en: 'Leave the sandbox before launch: in it, mail goes to verified addresses only. The quota of production grows with use; ask before a campaign.',
      zh: '上线前申请移出沙盒：沙盒内只能发给已验证的地址。生产配额随使用增长，大促前先申请。',
    },
    source: `${GUIDE}/ses/latest/dg/quotas.html`,
  },
  {
    name: { en: 'EventBridge in Singapore, PutEvents', zh: 'EventBridge（新加坡）PutEvents' },
    limit: 1_200,
    span: 'second',
    takes: ({ events }) => events,
    advice: {
      en: 'Ask for more. What is refused is tried again with its notice.',
      zh: '申请提高。被拒的事件会随通知重试。',
    },
    source: `${GUIDE}/eventbridge/latest/userguide/eb-quota.html`,
  },
  {
    name: {
      en: 'AWS SMS, parts by a sender of 3 a second (toll-free)',
      zh: 'AWS 短信（免费号码，每秒 3 条）',
    },
    limit: 3,
    span: 'second',
    takes: parts,
    advice: {
      en: 'A short code has 100 in the US; a pool adds its numbers up. Each country has its own limits: look at those of your identity.',
      zh: '美国短代码为每秒 100 条；号码池的额度相加。各国不同，请查看你所用发送身份的限制。',
    },
    source: `${GUIDE}/sms-voice/latest/userguide/sms-limitations-mps.html`,
  },
  {
    name: { en: 'Tencent Cloud SMS, SendSms', zh: '腾讯云短信 SendSms' },
    limit: 3_000,
    span: 'second',
    takes: ({ smsCodes, smsNotices }) => smsCodes + smsNotices,
    advice: { en: 'Ask the vendor.', zh: '联系腾讯云提高。' },
    source: 'https://cloud.tencent.com/document/product/382/55981',
  },
  {
    name: { en: 'Tencent Cloud SMS, to one phone', zh: '腾讯云短信，单个号码' },
    limit: 10,
    span: 'day',
    advice: {
      en: 'Set it in the vendor’s console to no less than SENDS_PER_DAY (20) and notices together, as a verified enterprise; else an owner’s eleventh SMS of a day is refused.',
      zh: '以企业认证身份在腾讯云控制台调高，不低于 SENDS_PER_DAY（20）加上通知；否则同一天的第 11 条短信会被拒。',
    },
    source: 'https://cloud.tencent.com/developer/techpedia/1295/8938',
  },
  {
    name: { en: 'SSM, GetParameters', zh: 'SSM GetParameters' },
    limit: 40,
    span: 'second',
    advice: {
      en: 'One for each function instance that starts, not for each request: more than 40 starts in a second are throttled and tried again. Turn on higher throughput (10,000) before the concurrency quota is raised.',
      zh: '每个函数实例启动时一次，而非每个请求一次：一秒内启动超过 40 个会被限流并重试。提高并发配额之前先打开高吞吐（10,000）。',
    },
    source: `${GUIDE}/general/latest/gr/ssm.html`,
  },
];

/** With how many accounts a quota is used up in the busiest second, or on a mean day; none where it is not theirs to use. */
export function reachedAt({ limit, span, takes }: Quota): number | undefined {
  if (takes === undefined) return undefined;
  const spans = span === 'day' ? MONTH_DAYS : MONTH_SECONDS;
  return limit / ((takes(monthlyLoad()) / spans) * (span === 'day' ? 1 : ASSUMED.peak));
}
