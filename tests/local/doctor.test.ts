import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { SESClient } from '@aws-sdk/client-ses';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Settings } from '../../lib/config.ts';
import { type AwsClients, aws } from '../../local/doctor/aws.ts';
import { examine, type Group, isHealthy, report } from '../../local/doctor/check.ts';
import { laptop } from '../../local/doctor/laptop.ts';
import { mail } from '../../local/doctor/mail.ts';
import { main } from '../../local/doctor/main.ts';
import { network } from '../../local/doctor/network.ts';
import { providers } from '../../local/doctor/providers.ts';
import { sms } from '../../local/doctor/sms.ts';
import { testSettings } from '../support/settings.ts';
import { qq, startStandIns, wechat } from './stand-ins.ts';

type Answers = Readonly<Record<string, object | Error>>;

/** A client of AWS, the SDK's or the service's own, that answers each command by its name. */
const client = (answers: Answers) => ({
  send: async (command: object | string) => {
    const name = typeof command === 'string' ? command : command.constructor.name.replace('Command', '');
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  },
});

const awsError = (name: string) => Object.assign(new Error('whatever it says'), { name });

const AWS_HEALTHY: Answers = {
  GetCallerIdentity: { Account: '123456789012' },
  DescribeTable: {
    Table: {
      TableStatus: 'ACTIVE',
      KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }],
      StreamSpecification: { StreamEnabled: true },
      DeletionProtectionEnabled: true,
    },
  },
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' } },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  },
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 960 } },
  DescribeEventBus: { Name: 'default' },
  GetSendQuota: { Max24HourSend: 1_000_000, SentLast24Hours: 5, MaxSendRate: 14 },
  GetAccountSendingEnabled: { Enabled: true },
  GetIdentityVerificationAttributes: {
    VerificationAttributes: { 'example.com': { VerificationStatus: 'Success' } },
  },
  GetIdentityDkimAttributes: { DkimAttributes: { 'example.com': { DkimVerificationStatus: 'Success' } } },
  DescribeAccountAttributes: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'PRODUCTION' }] },
  DescribeSpendLimits: {
    SpendLimits: [{ Name: 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT', EnforcedLimit: 500, MaxLimit: 500 }],
  },
  DescribePhoneNumbers: { PhoneNumbers: [{ Status: 'ACTIVE' }] },
  GetProtectConfigurationCountryRuleSet: {
    CountryRuleSet: { CN: { ProtectStatus: 'ALLOW' }, US: { ProtectStatus: 'BLOCK' } },
  },
};

const ENVIRONMENT = { SECRETS_PATH: '/account-linking/test', SIGN_IN_PROVIDERS: 'email' };

/** All that is asked of AWS, with some of its answers changed. */
function askAws(changes: Answers = {}, settings: Parameters<typeof testSettings>[0] = {}): Group[] {
  const one = client({ ...AWS_HEALTHY, ...changes });
  const given = {
    ...testSettings({
      SMS_ORIGINATION_IDENTITY: 'phone-1',
      SMS_PROTECT_CONFIGURATION_ID: 'protect-1',
      ...settings,
    }),
  };
  const clients = {
    sts: one,
    dynamodb: one,
    ssm: one,
    lambda: one,
    eventbridge: one,
  } as unknown as AwsClients;
  const readTxt = async (name: string) => {
    if (name !== '_dmarc.example.com') throw awsError('ENOTFOUND');
    return [['v=DMARC1; ', 'p=reject']];
  };
  return [
    aws(clients, 'ap-southeast-1', given, ENVIRONMENT),
    mail(one as unknown as SESClient, given, readTxt),
    sms(one as unknown as PinpointSMSVoiceV2Client, undefined, given),
  ];
}

const findingsOf = async (groups: readonly Group[]) =>
  new Map(
    (await examine(groups)).flatMap(({ findings }) => findings).map((finding) => [finding.id, finding]),
  );

describe('of AWS', () => {
  test('nothing is wrong where nothing is', async () => {
    const found = await findingsOf(askAws());
    for (const { id, state, found: what } of found.values())
      expect([id, state, what]).toEqual([id, 'ok', what]);
    expect(found.get('credentials')?.found).toContain('123456789012');
  });

  test.each([
    ['credentials', 'failed', { GetCallerIdentity: awsError('ExpiredToken') }],
    ['table', 'failed', { DescribeTable: awsError('ResourceNotFoundException') }],
    [
      'table',
      'failed',
      {
        DescribeTable: {
          Table: { TableStatus: 'ACTIVE', KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }] },
        },
      },
    ],
    ['table-expiry', 'failed', { DescribeTimeToLive: {} }],
    ['table-recovery', 'failed', { DescribeContinuousBackups: {} }],
    ['concurrency', 'warning', { GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10 } } }],
    ['event-bus', 'failed', { DescribeEventBus: awsError('ResourceNotFoundException') }],
    ['mail-sending', 'failed', { GetAccountSendingEnabled: { Enabled: false } }],
    ['mail-quota', 'failed', { GetSendQuota: { Max24HourSend: 200 } }],
    ['mail-quota', 'warning', { GetSendQuota: { Max24HourSend: 1000 } }],
    ['mail-identity', 'failed', { GetIdentityVerificationAttributes: {} }],
    ['mail-identity', 'warning', { GetIdentityDkimAttributes: {} }],
    [
      'mail-configuration-set',
      'failed',
      { DescribeConfigurationSet: awsError('ConfigurationSetDoesNotExist') },
    ],
    [
      'sms-account',
      'failed',
      { DescribeAccountAttributes: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'SANDBOX' }] } },
    ],
    [
      'sms-spend',
      'failed',
      {
        DescribeSpendLimits: {
          SpendLimits: [{ Name: 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT', EnforcedLimit: 1 }],
        },
      },
    ],
    ['sms-identity', 'failed', { DescribePhoneNumbers: awsError('ResourceNotFoundException') }],
    ['sms-identity', 'failed', { DescribePhoneNumbers: { PhoneNumbers: [{ Status: 'PENDING' }] } }],
    [
      'sms-countries',
      'failed',
      { GetProtectConfigurationCountryRuleSet: { CountryRuleSet: { CN: { ProtectStatus: 'BLOCK' } } } },
    ],
    ['sms-spend', 'failed', { DescribeSpendLimits: awsError('AccessDeniedException') }],
  ] as const)('%s has %s, with what to do, and all else is looked at as well', async (id, state, changes) => {
    const found = await findingsOf(askAws(changes));
    expect(found.get(id)?.state).toBe(state);
    expect(found.get(id)?.todo).toMatch(/\w/);
    const others = [...found.values()].filter((finding) => finding.id !== id);
    expect(others.filter(({ state: one }) => one !== 'ok')).toEqual([]);
  });

  test('secrets are missed by their parameters, and never shown', async () => {
    const settings = {
      ...testSettings({ SIGN_IN_PROVIDERS: 'email' }),
      secrets: { ssmPath: '/account-linking/test' },
    };
    const Value = 'a-secret-of-the-tests-that-is-long-enough';
    const one = client({
      GetParameters: { Parameters: [{ Name: '/account-linking/test/code-hmac-key', Value }] },
    });
    const clients = { ssm: one } as unknown as AwsClients;
    const [group] = [aws(clients, 'r', settings, ENVIRONMENT)];
    const found = await findingsOf([{ ...group, checks: group.checks.filter(({ id }) => id === 'secrets') }]);
    expect(found.get('secrets')).toMatchObject({
      state: 'failed',
      found: '/account-linking/test/phone-index-key: missing',
    });
    expect(JSON.stringify([...found])).not.toContain(Value);
  });
});

/** Tencent Cloud, with these statuses of templates. */
const tencent = (statuses: Readonly<Record<number, number>>, Code?: string) =>
  (async (_action: string, { TemplateIdSet }: { TemplateIdSet: number[] }) => ({
    Response: {
      ...(Code && { Error: { Code } }),
      DescribeTemplateStatusSet: TemplateIdSet.flatMap((id) =>
        statuses[id] === undefined ? [] : [{ TemplateId: id, StatusCode: statuses[id] }],
      ),
    },
  })) as unknown as Parameters<typeof sms>[1];

test.each([
  [{ 1: 0, 2: 2, 3: 0 }, undefined, 'ok', '3 approved'],
  [{ 1: 0, 2: 1, 3: -1 }, undefined, 'failed', 'cn.unlink (2) is under review, en.link (3) was refused'],
  [{ 1: 0, 2: 0 }, undefined, 'failed', 'en.link (3) is not there'],
  [{}, 'AuthFailure.SignatureFailure', 'failed', 'AuthFailure.SignatureFailure'],
])('of Tencent, templates with %j (%s) are %s', async (statuses, code, state, what) => {
  const TENCENT_SMS_TEMPLATES = [
    ['cn.link', '1'],
    ['cn.unlink', '2'],
    ['en.link', '3'],
  ] as const as unknown as Settings['TENCENT_SMS_TEMPLATES'];
  const settings = { ...testSettings(), SMS_ROUTES: [], TENCENT_SMS_TEMPLATES };
  const found = await findingsOf([sms({} as never, tencent(statuses, code), settings)]);
  expect(found.get('tencent-templates')).toMatchObject({ state, found: what });
});

describe('of WeChat and QQ', () => {
  let standIns: Awaited<ReturnType<typeof startStandIns>>;
  beforeAll(async () => {
    standIns = await startStandIns();
  });
  afterAll(() => standIns.server.stop());

  const ask = (settings: Parameters<typeof testSettings>[0] = {}, secrets = {}) => {
    const { origin } = standIns.server;
    const given = testSettings({
      WECHAT_APP_ID: wechat.appId,
      WECHAT_MP_APP_ID: wechat.inApp.appId,
      QQ_APP_ID: qq.appId,
      API_ORIGIN: 'http://localhost:3001',
      WECHAT_API_URL: origin,
      WECHAT_AUTHORIZE_URL: origin,
      QQ_API_URL: origin,
      ...settings,
    });
    const right = { weChat: wechat.appSecret, weChatMp: wechat.inApp.appSecret ?? '', qq: qq.appSecret };
    return findingsOf([providers(given, { ...right, ...secrets })]);
  };

  test('nothing is wrong where their apps are ours', async () => {
    const found = await ask();
    expect([...found.values()].map(({ id, state }) => [id, state])).toEqual([
      ['wechat-app', 'ok'],
      ['wechat-callback', 'ok'],
      ['wechat-in-app', 'ok'],
      ['qq-app', 'ok'],
    ]);
  });

  test.each([
    ['wechat-app', { WECHAT_APP_ID: 'wx00000000000000ff' }, {}],
    ['wechat-app', {}, { weChat: 'another' }],
    ['wechat-callback', { API_ORIGIN: 'https://elsewhere.example.com' }, {}],
    ['wechat-in-app', {}, { weChatMp: 'another' }],
    ['qq-app', { QQ_APP_ID: '900000000' }, {}],
    ['qq-app', {}, { qq: 'another' }],
  ])('%s fails with %j and the secrets %j', async (id, settings, secrets) => {
    const found = (await ask(settings, secrets)).get(id);
    expect([found?.state, found?.todo]).toEqual(['failed', expect.stringMatching(/\w/)]);
  });
});

describe('the command', () => {
  test.each([['--nonsense'], ['--region=r'], ['stage']])(
    'says how it is used where it is given %j',
    async (argument) => {
      const { status, output } = await main([argument], {});
      expect([status, output]).toEqual([2, expect.stringContaining('Usage: npm run doctor')]);
    },
  );

  test('reports each thing with what to do, never a stack, and fails where anything failed', async () => {
    const broken = { id: 'broken', run: async () => Promise.reject(new Error('https://secret.example.com')) };
    const examined = await examine([{ title: 'Things', checks: [broken] }, ...askAws()]);
    const text = report(examined, { isColoured: false });
    expect(text).toContain('✗ broken');
    expect(text).toContain('→ ');
    expect(text).not.toContain('secret.example.com');
    expect(text).toMatch(/\d+ ok, 0 to look at, 1 failed, 0 skipped$/);
    expect(isHealthy(examined)).toBe(false);
  });
});

test.each(['doctor.md', 'doctor.zh.md'])('docs/%s lists exactly the checks', (file) => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', file), 'utf8');
  const listed = [...document.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, id]) => id);
  const ofAws = askAws();
  const all = [
    laptop({}),
    { title: 'Settings', checks: [{ id: 'settings' }] },
    ...ofAws,
    sms({} as never, tencent({}), { ...testSettings(), SMS_ROUTES: [] }),
    providers(testSettings(), { weChat: '', weChatMp: '', qq: '' }),
    network(testSettings()),
  ];
  const ids = new Set(all.flatMap(({ checks }) => checks.map(({ id }) => id)));
  expect(listed).toEqual([...ids]);
});
