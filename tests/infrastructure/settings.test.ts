import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  checkSettings,
  defaultSettings,
  deployedEnvironment,
  readStageFile,
  SETTINGS,
} from '../../infrastructure/settings.ts';
import { SettingsError } from '../../lib/settings-error.ts';
import { PROD_SETTINGS, ROOT } from '../support/packaged.ts';

const folder = mkdtempSync(join(tmpdir(), 'account-linking-settings-'));
mkdirSync(join(folder, 'settings'));
afterAll(() => rmSync(folder, { recursive: true }));

function readFile(text: string): Record<string, string> {
  writeFileSync(join(folder, 'settings', 'some.yml'), text);
  return readStageFile('some', folder);
}

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('the file of a stage', () => {
  test('gives each value as it is written, and a list by its members', () => {
    expect(
      readFile(
        'QQ_APP_ID: 0101\nSMS_PER_HOUR: 1000 # an hour\nCONSOLE_ORIGINS:\n  - https://a.test\n  - https://b.test\n',
      ),
    ).toEqual({
      QQ_APP_ID: '0101',
      SMS_PER_HOUR: '1000',
      CONSOLE_ORIGINS: 'https://a.test,https://b.test',
    });
    expect(readFile('# nothing yet\n')).toEqual({});
    expect(readStageFile('nowhere', folder)).toEqual({});
  });

  test.each([
    ['SMS_PER_HUOR: 1\nCODE_HMAC_KEY: x\n', ['SMS_PER_HUOR', 'CODE_HMAC_KEY']],
    ['SMS_PER_HOUR: {max: 1}\n', ['NAME: value']],
    ['just text\n', ['NAME: value']],
    ['SMS_PER_HOUR: 1\nSMS_PER_HOUR: 2\n', ['unique']],
    ['A: [\n', ['Flow sequence']],
  ])('with %j is refused, by what is wrong in it', (text, named) => {
    const problems = problemsOf(() => readFile(text));
    expect(problems).toHaveLength(named.length);
    for (const [index, name] of named.entries()) {
      expect(problems[index]).toContain(name);
      expect(problems[index]).toMatch(/^settings\/some\.yml: /);
    }
  });

  test('that there is to copy has settings that there are, and nothing but placeholders to be replaced', () => {
    const example = readFile(readFileSync(join(ROOT, 'settings', 'example.yml'), 'utf8'));
    const all = { ...defaultSettings('prod'), ...example };
    expect(problemsOf(() => checkSettings(all, { isForReal: false }))).toEqual([]);
    expect(problemsOf(() => checkSettings(all, { isForReal: true })).length).toBeGreaterThan(5);
  });
});

describe('the settings of a deployment', () => {
  const prod = { ...defaultSettings('prod'), ...readFile(PROD_SETTINGS) };

  test('are those of the environment before the defaults, by the names that there are', () => {
    const found = deployedEnvironment('trial', { SMS_PER_DAY: '7', HOME: '/root' });
    expect(found).toMatchObject({ SMS_PER_DAY: '7', TABLE_NAME: 'account-linking-trial', STATE: 'trial' });
    for (const name of Object.keys(found)) expect(SETTINGS).toContain(name);
  });

  test('are right as they are packaged for a trial, and as a whole deployment has them', () => {
    expect(problemsOf(() => checkSettings(defaultSettings('dev'), { isForReal: false }))).toEqual([]);
    expect(problemsOf(() => checkSettings(prod, { isForReal: true }))).toEqual([]);
  });

  test('may not be placeholders where it is for real, and all that are left are named', () => {
    const problems = problemsOf(() => checkSettings(defaultSettings('prod'), { isForReal: true }));
    const named = problems.map((problem) => problem.split(':')[0]);
    expect(named).toEqual(
      expect.arrayContaining([
        'CONSOLE_ORIGINS',
        'API_ORIGIN',
        'BRAND_NAME',
        'MAIL_FROM',
        'WECHAT_APP_ID',
        'QQ_APP_ID',
      ]),
    );
    const withoutQq = { ...defaultSettings('prod'), SIGN_IN_PROVIDERS: 'email' };
    const left = problemsOf(() => checkSettings(withoutQq, { isForReal: true })).join('\n');
    expect(left).not.toMatch(/QQ|WECHAT/);
  });

  test.each([
    ['API_CERTIFICATE_ARN', { API_CERTIFICATE_ARN: '' }],
    ['API_ORIGIN', { API_ORIGIN: 'https://elsewhere.cloud.test' }],
    ['API_DOMAIN', { API_DOMAIN: '', API_ORIGIN: 'https://api.cloud.test' }],
    ['API_DOMAIN', { API_DOMAIN: 'https://api.cloud.test' }],
    ['EDGE_SECRET_ID', { EDGE_SECRET_ID: '' }],
    ['EDGE_SECRET_HASHES', { EDGE_SECRET_HASHES: '' }],
    ['EDGE_SECRET_HASHES', { EDGE_SECRET_HASHES: 'the secret itself' }],
    ['EDGE_CERTIFICATE_ARN', { EDGE_CERTIFICATE_ARN: 'arn:aws:acm:eu-west-1:1:certificate/a' }],
    ['CONSOLE_ORIGINS', { CONSOLE_ORIGINS: 'https://console2.cloud.test' }],
    ['KMS_KEY_ARN', { KMS_KEY_ARN: 'alias/mine' }],
    ['STREAM_PARALLELIZATION', { STREAM_PARALLELIZATION: '0' }],
    ['STREAM_RESERVED_CONCURRENCY', { STREAM_RESERVED_CONCURRENCY: '-1' }],
    ['THROTTLE_BURST', { THROTTLE_BURST: 'many' }],
    ['SECRETS_PATH', { SECRETS_PATH: '' }],
    ['SMS_PER_DAY', { SMS_PER_DAY: '1e4' }],
  ])('are refused by the name of what is wrong: %s', (name, change) => {
    const problems = problemsOf(() => checkSettings({ ...prod, ...change }, { isForReal: true }));
    expect(problems.map((problem) => problem.split(':')[0])).toContain(name);
  });
});
