/**
 * What an account does in a month: assumptions, each of them to be replaced by what you know. Everything that docs/scale.md reckons comes of
 * these, of what the flows take (measured.json), and of prices.json.
 */

const MAILS_CODE = 'the stream’s function mails a sign-in code';
const TELLS_OWNER = 'the stream’s function tells an owner on two channels';

/** The same in each language of a page. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Requests that belong together, and what they send. */
export interface Flow {
  readonly name: Words;
  /** How often an account does it in a month. */
  readonly perAccountAndMonth: number;
  /** Cases of tests/support/round-trip-cases.ts: requests, and runs of the functions on the stream. */
  readonly cases: readonly string[];
  readonly smsCodes?: number;
  readonly smsNotices?: number;
  readonly mails?: number;
  readonly events?: number;
}

const CHECK = ['POST /otp/send', 'POST /otp/verify'];
const NOTICES = { smsNotices: 1, mails: 1, events: 1 };

export const FLOWS: readonly Flow[] = [
  {
    name: { en: 'signs in by email', zh: '用邮箱登录' },
    perAccountAndMonth: 1.5,
    cases: ['POST /sign-in/email/send', MAILS_CODE, 'POST /sign-in/email', 'GET /account'],
    mails: 1,
  },
  {
    name: { en: 'signs in with WeChat or QQ', zh: '用微信或 QQ 登录' },
    perAccountAndMonth: 1.5,
    cases: ['GET /sign-in/{provider}', 'GET /oauth/{provider}/callback signs in', 'GET /account'],
  },
  {
    name: { en: 'is told of a sign-in on a new device', zh: '收到新设备登录通知' },
    perAccountAndMonth: 0.2,
    cases: [TELLS_OWNER],
    smsNotices: 1,
    mails: 1,
  },
  {
    name: { en: 'looks at the account page', zh: '查看账号信息页' },
    perAccountAndMonth: 1,
    cases: ['GET /account', 'GET /account/history', 'GET /sessions'],
  },
  {
    name: { en: 'links an email', zh: '关联邮箱' },
    perAccountAndMonth: 0.03,
    cases: [...CHECK, 'POST /links/email/send', 'POST /links/email', 'GET /account', TELLS_OWNER],
    smsCodes: 1,
    ...NOTICES,
    mails: 2,
  },
  {
    name: { en: 'links WeChat', zh: '关联微信' },
    perAccountAndMonth: 0.03,
    cases: [
      ...CHECK,
      'POST /links/{provider}',
      'GET /oauth/{provider}/callback links',
      'GET /account',
      TELLS_OWNER,
    ],
    smsCodes: 1,
    ...NOTICES,
  },
  {
    name: { en: 'unlinks', zh: '解绑' },
    perAccountAndMonth: 0.01,
    cases: [...CHECK, 'DELETE /links/{provider}', 'GET /account', TELLS_OWNER],
    smsCodes: 1,
    ...NOTICES,
  },
];

/** What is assumed of everything else. */
export const ASSUMED = {
  /** A function's time, the waiting for table and vendors included. */
  secondsPerRun: 0.08,
  memoryGigabytes: 0.5,
  /** A run's own line, and Lambda's. */
  logBytesPerRun: 1500,
  logMonths: 3,
  /** Profile, methods, claims, sessions, and the history of 180 days. */
  storedBytesPerAccount: 8000,
  /** The page’s files once a visit, mostly from the browser's cache, and an answer a request. */
  bytesPerVisit: 60_000,
  bytesPerAnswer: 1500,
  /** A notice with its link, in Chinese. */
  partsPerNotice: 2,
  metrics: 60,
  alarms: 25,
  /** The busiest second of a month by its mean one. */
  peak: 10,
} as const;

/** The cases that are measured. */
export const measuredCases = (): string[] => [...new Set(FLOWS.flatMap(({ cases }) => cases))].toSorted();

export const isRequest = (name: string): boolean => /^[A-Z]/.test(name);
