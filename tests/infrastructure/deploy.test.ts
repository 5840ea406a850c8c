import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { deploy, type Hands } from '../../infrastructure/deploy.ts';
import { PROD_SETTINGS } from '../support/packaged.ts';

const TARGET = { stage: 'some', region: 'ap-southeast-1' };
const settings = Object.fromEntries(
  Object.entries(parse(PROD_SETTINGS, { schema: 'failsafe' }) as Record<string, unknown>).map(
    ([name, value]) => [name, String(value)],
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'account-linking-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a deployment did, in its order. */
function watched(failing = ''): { readonly done: string[]; readonly hands: Hands } {
  const done: string[] = [];
  const hands: Hands = {
    osls: async (args) => {
      const config = args[args.indexOf('--config') + 1];
      const stack = args.includes('--config') ? `${config}` : 'serverless.yml';
      done.push(`${args[0]} ${stack} ${args.slice(1, 5).join(' ')}`);
      return stack !== failing;
    },
    build: async () => {
      done.push('build');
      for (const [path, text] of [
        ['page/index.html', '<!doctype html>'],
        ['page/assets/index-a1.js', '1'],
        ['element/account-linking.js', '2'],
      ] as const) {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return folder;
    },
    output: async (stack, name) => `${stack}.${name}`,
    upload: async (bucket, path) => void done.push(`upload ${path} to ${bucket}`),
  };
  return { done, hands };
}

const OF = '--stage some --region ap-southeast-1';

describe('a deployment', () => {
  test('is of state, service and sites in this order, and then of the files, the page last', async () => {
    const { done, hands } = watched();
    await deploy(hands, TARGET, settings);
    const bucket = 'account-linking-site-some.ConsoleFilesName';
    expect(done.slice(0, 4)).toEqual([
      'build',
      `deploy serverless.state.yml ${OF}`,
      `deploy serverless.yml ${OF}`,
      `deploy serverless.site.yml ${OF}`,
    ]);
    expect(done).toContain(`upload /element/account-linking.js to ${bucket}`);
    expect(done).toContain(`upload /assets/index-a1.js to ${bucket}`);
    expect(done.at(-1)).toBe(`upload /index.html to ${bucket}`);
  });

  test('has no sites where none is asked for', async () => {
    const { done, hands } = watched();
    await deploy(hands, TARGET, { ...settings, CONSOLE_DOMAIN: '', CLIENT_IP: 'gateway' });
    expect(done).toEqual([`deploy serverless.state.yml ${OF}`, `deploy serverless.yml ${OF}`]);
  });

  test('ends where a step fails, and does nothing at all while a placeholder is left', async () => {
    const failed = watched('serverless.state.yml');
    await expect(deploy(failed.hands, TARGET, settings)).rejects.toThrow(/deployment of the state failed/);
    expect(failed.done).toHaveLength(2);
    const { done, hands } = watched();
    await expect(deploy(hands, TARGET, { ...settings, BRAND_NAME: 'Example Cloud' })).rejects.toThrow(
      /placeholder/,
    );
    expect(done).toEqual([]);
  });
});
