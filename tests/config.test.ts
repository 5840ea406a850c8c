import { describe, expect, test } from '@jest/globals';
import { checkGivenSettings, readSettings } from '../lib/config.ts';
import type { HumanCheckSecret } from '../lib/human-check/settings.ts';
import type { SmsSecret } from '../lib/messages/sms-settings.ts';
import { HMAC_KEYS, readSecrets } from '../lib/secret-store.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { TEST_ENVIRONMENT } from './support/settings.ts';
import { BY_TENCENT } from './support/tencent.ts';

type Name =
  | keyof typeof TEST_ENVIRONMENT
  | HumanCheckSecret
  | SmsSecret
  | 'CODE_HMAC_KEY_PREVIOUS'
  | 'PHONE_INDEX_KEY_PREVIOUS';

function problemsOf(changes: Partial<Record<Name | 'SECRETS_PATH', string | undefined>>): readonly string[] {
  try {
    readSettings({ ...TEST_ENVIRONMENT, ...changes });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

const NAMES = Object.keys(TEST_ENVIRONMENT) as (keyof typeof TEST_ENVIRONMENT)[];

describe('settings that are missing', () => {
  test.each(NAMES)('%s is named', (name) => {
    expect(problemsOf({ [name]: undefined })).toEqual([expect.stringMatching(`^${name}: missing`)]);
  });

  test('are named all at once, each once', () => {
    let problems: readonly string[] = [];
    try {
      readSettings({});
    } catch (error) {
      problems = (error as SettingsError).problems;
      for (const name of NAMES) expect(String(error)).toContain(name);
    }
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([...NAMES].sort());
  });
});

describe('settings that are malformed', () => {
  test.each<[Name, string[]]>([
    [
      'CONSOLE_ORIGINS',
      ['', ' , ', 'console.example.com', 'https://console.example.com/', '*', 'ftp://a.example'],
    ],
    ['CONSOLE_ORIGINS', ['https://a.example,https://b.example/path', 'https://user@a.example', 'null']],
    ['API_ORIGIN', ['', 'api.example.com', 'https://api.example.com/', 'https://API.example.com']],
    ['WECHAT_AUTHORIZE_URL', ['', 'open.weixin.qq.com', 'https://open.weixin.qq.com/connect']],
    ['SIGN_IN_PROVIDERS', ['', ' , ', 'weibo', 'email,weibo', 'Email']],
    ['LINKABLE_PROVIDERS', ['weibo', 'email,weibo', 'Email']],
    ['LOG_LEVEL', ['', 'debug', 'TRACE']],
    ['TABLE_NAME', ['']],
    [
      'MAIL_FROM',
      ['', 'example.com', 'Example <no-reply@example.com', 'A\r\nBcc: b@example.com <a@example.com>'],
    ],
    ['MAIL_CONFIGURATION_SET', ['a set', 'x'.repeat(65), '*']],
    ['MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY', ['0', '1000001']],
    [
      'SMS_CODE_TTL_SECONDS',
      ['', '0', '-1', '1.5', '5m', '3601', ' 300', '1e2', '0x10', 'NaN', '99999999999'],
    ],
    ['CODE_ATTEMPTS', ['0', '101', 'five']],
    ['CODE_FAILURES_PER_DAY', ['0', '1001']],
    ['SENDS_PER_DAY', ['0', '1001']],
    ['RESEND_SECONDS', ['-1', '3601']],
    ['SESSION_IDLE_SECONDS', ['0', '2592001']],
    ['PROVIDER_TIMEOUT_MILLISECONDS', ['99', '20001']],
    ['SENDS_PER_IP_PER_HOUR', ['0', '1000001']],
    ['SIGN_INS_PER_IP_PER_HOUR', ['0', '1000001', '1.5']],
    ['UNDO_CODES_PER_IP_PER_HOUR', ['0', '1000001']],
    ['SENDS_PER_ACCOUNT_PER_DAY', ['0', '1000001']],
    ['SMS_COUNTRIES', ['', ' , ', '+86', '086', 'CN', '86,x', '86;852']],
    ['SMS_PER_HOUR', ['', '-1', '1000001']],
    ['SMS_ROUTES', ['', '*', 'aws', '86=aliyun', '+86=aws', '086=aws', '86=aws;*=aws', '86 = aws', '=aws']],
    ['TENCENT_SMS_URL', ['sms.tencentcloudapi.com', 'https://sms.tencentcloudapi.com/']],
    ['TENCENT_SMS_REGION', ['', 'guangzhou', 'ap guangzhou']],
    ['TENCENT_SMS_TEMPLATES', ['link=1', 'cn.link', 'cn.link=x', 'cn.other=1', 'cn.link=1;cn.clear=2']],
    ['UNVERIFIED_RATIO_LIMIT', ['0.5', '1001']],
    ['HUMAN_CHECK', ['', 'on', 'Turnstile', 'recaptcha']],
    ['HUMAN_CHECK_URL', ['captcha.example.com', 'https://captcha.example.com/verify']],
    ['CODE_HMAC_KEY', ['', 'too-short']],
    ['CODE_HMAC_KEY_PREVIOUS', ['too-short', TEST_ENVIRONMENT.CODE_HMAC_KEY]],
    ['PHONE_INDEX_KEY', ['', 'too-short']],
    ['PHONE_INDEX_KEY_PREVIOUS', ['too-short', TEST_ENVIRONMENT.PHONE_INDEX_KEY]],
  ])('%s is named for each of %j', (name, values) => {
    for (const value of values) {
      const problems = problemsOf({ [name]: value });
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem).toMatch(new RegExp(`^${name}: \\S`));
    }
  });

  test('are named with those that are missing, and none of their values is repeated', () => {
    const secret = 'short-hmac-secret';
    const problems = problemsOf({
      CODE_HMAC_KEY: secret,
      QQ_APP_SECRET: undefined,
      CONSOLE_ORIGINS: 'https://typo.example/secret-path',
      CODE_ATTEMPTS: '5050',
      TABLE_NAME: undefined,
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(
      ['CODE_ATTEMPTS', 'CODE_HMAC_KEY', 'CONSOLE_ORIGINS', 'QQ_APP_SECRET', 'TABLE_NAME'].sort(),
    );
    expect(problems.join()).not.toMatch(/short-hmac|typo\.example|5050/);
  });
});

describe('the previous key', () => {
  const OTHER = 'another-key-of-the-tests-with-32-characters-too';

  test('may be missing, or empty', () => {
    for (const CODE_HMAC_KEY_PREVIOUS of [undefined, '', OTHER])
      expect(problemsOf({ CODE_HMAC_KEY_PREVIOUS })).toEqual([]);
  });

  test('is checked before a start that has defaults for the rest, too', () => {
    expect(() => checkGivenSettings({ CODE_HMAC_KEY: OTHER, CODE_HMAC_KEY_PREVIOUS: OTHER })).toThrow(
      /CODE_HMAC_KEY_PREVIOUS: must be another/,
    );
  });

  test('may be missing in SSM, and is checked where it is there', async () => {
    const { CODE_HMAC_KEY } = TEST_ENVIRONMENT;
    const readFrom = (parameters: Record<string, string>) => {
      const Parameters = Object.entries(parameters).map(([name, Value]) => ({
        Name: `/prod/${name}`,
        Value,
      }));
      const client = { send: async () => ({ Parameters }) as never };
      return readSecrets({ ssmPath: '/prod' }, HMAC_KEYS, () => client);
    };
    const current = { 'code-hmac-key': CODE_HMAC_KEY };
    expect(await readFrom(current)).toEqual({ CODE_HMAC_KEY, CODE_HMAC_KEY_PREVIOUS: '' });
    expect(await readFrom({ ...current, 'code-hmac-key-previous': OTHER })).toEqual({
      CODE_HMAC_KEY,
      CODE_HMAC_KEY_PREVIOUS: OTHER,
    });
    await expect(readFrom({ ...current, 'code-hmac-key-previous': CODE_HMAC_KEY })).rejects.toThrow(
      SettingsError,
    );
    await expect(readFrom({ 'code-hmac-key-previous': OTHER })).rejects.toThrow(SettingsError);
  });
});

describe('the providers that people sign in with', () => {
  const QQ = { QQ_APP_ID: undefined, QQ_AUTHORIZE_URL: 'nowhere', QQ_API_URL: '', QQ_APP_SECRET: undefined };

  test('need settings and a secret, and others need none', () => {
    expect(problemsOf({ SIGN_IN_PROVIDERS: 'email,wechat', ...QQ })).toEqual([]);
    expect(
      problemsOf({ SIGN_IN_PROVIDERS: 'email,wechat,qq', ...QQ }).map((line) => line.split(':')[0]),
    ).toEqual(Object.keys(QQ));
    expect(() => checkGivenSettings({ SIGN_IN_PROVIDERS: 'email', ...QQ })).not.toThrow();
    expect(() => checkGivenSettings({ QQ_AUTHORIZE_URL: 'nowhere' })).toThrow(/QQ_AUTHORIZE_URL/);
  });

  test('are all that can be linked: a link to another would open nothing', () => {
    const signIn = { SIGN_IN_PROVIDERS: 'qq', LINKABLE_PROVIDERS: 'email,qq,wechat' };
    expect(readSettings({ ...TEST_ENVIRONMENT, ...signIn }).rules.linkableProviders).toEqual(['qq']);
    expect(() => checkGivenSettings({ SIGN_IN_PROVIDERS: 'email' })).not.toThrow();
  });

  test.each([
    ['foo', 'SIGN_IN_PROVIDERS: must be a list of email, wechat, qq'],
    ['', 'SIGN_IN_PROVIDERS: must not be empty'],
  ])('are told apart from %j in words', (SIGN_IN_PROVIDERS, problem) => {
    expect(problemsOf({ SIGN_IN_PROVIDERS })).toEqual([problem]);
  });
});

describe('the settings of a human check', () => {
  const named = (changes: Parameters<typeof problemsOf>[0]) =>
    problemsOf(changes).map((problem) => problem.split(':')[0]);

  test('are needed where it is on, and only those of its kind', () => {
    expect(named({ HUMAN_CHECK: 'turnstile' })).toEqual(['HUMAN_CHECK_SITE_KEY', 'HUMAN_CHECK_SECRET']);
    expect(named({ HUMAN_CHECK: 'tencent' })).toEqual([
      'HUMAN_CHECK_SITE_KEY',
      'TENCENT_SECRET_ID',
      'HUMAN_CHECK_SECRET',
      'TENCENT_SECRET_KEY',
    ]);
    expect(
      named({ HUMAN_CHECK: 'turnstile', HUMAN_CHECK_SITE_KEY: 'key', HUMAN_CHECK_SECRET: 'secret' }),
    ).toEqual([]);
    const tencent = {
      HUMAN_CHECK: 'tencent',
      HUMAN_CHECK_SITE_KEY: '190000001',
      HUMAN_CHECK_SECRET: 'secret',
      TENCENT_SECRET_ID: 'id',
      TENCENT_SECRET_KEY: 'secret',
    };
    expect(named(tencent)).toEqual([]);
    expect(named({ ...tencent, HUMAN_CHECK_SITE_KEY: '0x4AAA' })).toEqual(['HUMAN_CHECK_SITE_KEY']);
  });

  test('need no secrets in the environment where they are in SSM', () => {
    const changes = { HUMAN_CHECK: 'turnstile', HUMAN_CHECK_SITE_KEY: 'key', SECRETS_PATH: '/somewhere' };
    expect(named(changes)).toEqual([]);
  });

  test('are missed before a start that has defaults for the rest, too', () => {
    expect(() => checkGivenSettings({ HUMAN_CHECK: 'turnstile' })).toThrow(
      /HUMAN_CHECK_SITE_KEY[\s\S]*HUMAN_CHECK_SECRET/,
    );
    expect(() => checkGivenSettings({ HUMAN_CHECK: 'off' })).not.toThrow();
  });
});

describe('the settings of SMS', () => {
  const named = (changes: Parameters<typeof problemsOf>[0]) =>
    problemsOf(changes).map((problem) => problem.split(':')[0]);
  const { TENCENT_SMS_TEMPLATES: everyTemplate, ...tencent } = BY_TENCENT;
  const ofSet = (...sets: string[]) =>
    everyTemplate
      .split(',')
      .filter((entry) => sets.some((set) => entry.startsWith(`${set}.`)))
      .join(',');

  test('of a vendor are needed where a route names it, and all that is missing is named at once', () => {
    const names = [
      'TENCENT_SMS_SECRET_ID',
      'TENCENT_SMS_APP_ID',
      'TENCENT_SMS_SIGN_NAME',
      'TENCENT_SMS_TEMPLATES',
    ];
    expect(named({ SMS_ROUTES: '86=tencent,*=aws' })).toEqual([...names, 'TENCENT_SMS_SECRET_KEY']);
    expect(named({ SMS_ROUTES: '86=tencent,*=aws', SECRETS_PATH: '/somewhere' })).toEqual(names);
    const few = ofSet('cn').split(',').slice(2).join(',');
    expect(problemsOf({ ...tencent, TENCENT_SMS_TEMPLATES: few })).toEqual([
      'TENCENT_SMS_TEMPLATES: lacks cn.link, cn.unlink',
    ]);
    expect(named({ ...tencent, TENCENT_SMS_TEMPLATES: ofSet('cn') })).toEqual([]);
  });

  test('of templates are needed for the countries that are served by them', () => {
    const templates = (sets: string) => ({ ...tencent, TENCENT_SMS_TEMPLATES: ofSet(...sets.split(',')) });
    const abroad = { SMS_ROUTES: '852=tencent,*=aws', SMS_COUNTRIES: '86,852' };
    expect(named({ ...templates('zh,en'), ...abroad })).toEqual([]);
    expect(named({ ...templates('cn'), ...abroad })).toEqual(['TENCENT_SMS_TEMPLATES']);
    expect(named({ ...templates('cn,en'), SMS_ROUTES: '*=tencent', SMS_COUNTRIES: '86,852' })).toEqual([
      'TENCENT_SMS_TEMPLATES',
    ]);
    expect(named({ ...templates('cn'), SMS_ROUTES: '*=tencent' })).toEqual([]);
    expect(named({ ...templates('cn'), SMS_ROUTES: '8613=tencent,*=aws' })).toEqual([]);
  });

  test('have a route for every country that is served, and none twice', () => {
    expect(problemsOf({ SMS_ROUTES: '86=aws', SMS_COUNTRIES: '86,852,1' })).toEqual([
      'SMS_ROUTES: has no route for 852, 1 of SMS_COUNTRIES',
    ]);
    expect(problemsOf({ SMS_ROUTES: '*=aws, *=aws' })).toEqual(['SMS_ROUTES: names a route twice']);
  });

  test('are looked at before a start that has defaults for the rest, too', () => {
    expect(() => checkGivenSettings({ SMS_ROUTES: '86=tencent' })).toThrow(
      /TENCENT_SMS_SECRET_ID[\s\S]*TENCENT_SMS_SECRET_KEY/,
    );
    expect(() => checkGivenSettings({ SMS_ROUTES: '*=aws' })).not.toThrow();
  });
});

describe('settings that are right', () => {
  test('are the rules of the contract by default', () => {
    const { rules, CONSOLE_ORIGINS } = readSettings(TEST_ENVIRONMENT);
    expect(rules).toEqual({
      signInProviders: ['email', 'wechat', 'qq'],
      linkableProviders: ['email', 'wechat'],
      smsCodeTtlSeconds: 300,
      mailCodeTtlSeconds: 600,
      probationSeconds: 259_200,
      checkTtlSeconds: 600,
      flowTtlSeconds: 600,
      codeAttempts: 5,
      codeFailuresPerDay: 10,
      resendSeconds: 60,
      sendsPer10Minutes: 5,
      sendsPerDay: 20,
      sessionIdleSeconds: 3600,
      sessionMaxSeconds: 43_200,
      coolingOffSeconds: 0,
    });
    expect(CONSOLE_ORIGINS).toEqual(['https://console.example.com', 'https://console2.example.com']);
  });

  test('are the limits of what is sent', () => {
    expect(
      readSettings({ ...TEST_ENVIRONMENT, SMS_COUNTRIES: '86, 852', SMS_PER_HOUR: '7' }).spending,
    ).toMatchObject({
      smsCountries: ['86', '852'],
      smsPerHour: 7,
      unverifiedRatioLimit: 0,
    });
  });

  test('may have spaces in lists, ports in origins, and nothing linkable', () => {
    const settings = readSettings({
      ...TEST_ENVIRONMENT,
      CONSOLE_ORIGINS: ' http://localhost:3000 , https://console.example.com',
      LINKABLE_PROVIDERS: '',
    });
    expect(settings.CONSOLE_ORIGINS).toEqual(['http://localhost:3000', 'https://console.example.com']);
    expect(settings.rules.linkableProviders).toEqual([]);
  });

  test('need no secrets in the environment where they are in SSM', () => {
    const { CODE_HMAC_KEY: _one, WECHAT_APP_SECRET: _two, QQ_APP_SECRET: _three, ...rest } = TEST_ENVIRONMENT;
    const settings = readSettings({ ...rest, SECRETS_PATH: '/account-linking/prod' });
    expect(settings.secrets).toEqual({ ssmPath: '/account-linking/prod' });
    expect(problemsOf({ CODE_HMAC_KEY: undefined, SECRETS_PATH: '' })).toHaveLength(1);
  });
});

describe('settings of a start that has defaults', () => {
  test('are checked where they are given, and not missed where they are not', () => {
    expect(() => checkGivenSettings({})).not.toThrow();
    expect(() => checkGivenSettings({ CODE_ATTEMPTS: '3', SOMETHING_ELSE: 'x' })).not.toThrow();
    expect(() => checkGivenSettings({ CODE_ATTEMPTS: 'three', API_ORIGIN: 'x', CODE_HMAC_KEY: 'x' })).toThrow(
      /API_ORIGIN[\s\S]*CODE_ATTEMPTS[\s\S]*CODE_HMAC_KEY/,
    );
  });
});
