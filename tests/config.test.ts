import type { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import { checkGivenSettings, readSettings } from '../lib/config.ts';
import type { HumanCheckSecret } from '../lib/human-check/settings.ts';
import { HMAC_KEYS, readSecrets } from '../lib/secret-store.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { TEST_ENVIRONMENT } from './support/settings.ts';

type Name =
  | keyof typeof TEST_ENVIRONMENT
  | HumanCheckSecret
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
    ['MAIL_FROM', ['']],
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
    ['SENDS_PER_ACCOUNT_PER_DAY', ['0', '1000001']],
    ['SMS_COUNTRIES', ['', ' , ', '+86', '086', 'CN', '86,x', '86;852']],
    ['SMS_PER_HOUR', ['', '-1', '1000001']],
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
      const client = { send: async () => ({ Parameters }) } as unknown as SSMClient;
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
