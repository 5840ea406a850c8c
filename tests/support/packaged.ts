import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '..', '..');

/** All that a deployment is made of. */
const DEPLOYED = ['functions', 'lib', 'infrastructure', 'package.json', 'tsconfig.json', 'serverless.yml'];

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, never> & Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** What `serverless package` makes. */
interface Packaged {
  /** Where the template and each function's zip are. */
  readonly folder: string;
  readonly remove: () => void;
}

/**
 * Runs `serverless package` as a deployment does, without credentials. In a copy of what is deployed: serverless-esbuild works in
 * a folder `.esbuild` of the service's, that a packaging by hand uses as well.
 */
export async function packageService(settings: Readonly<Record<string, string>>): Promise<Packaged> {
  const service = mkdtempSync(join(tmpdir(), 'account-linking-package-'));
  for (const name of DEPLOYED) cpSync(join(ROOT, name), join(service, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(service, 'node_modules'), 'dir');
  const folder = join(service, 'packaged');
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
  const environment = Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const serverless = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  await promisify(execFile)(process.execPath, [serverless, 'package', '--package', folder], {
    cwd: service,
    env: { ...environment, ...settings },
  });
  return { folder, remove: () => rmSync(service, { recursive: true, force: true }) };
}

/** What the run's one package is made with. */
export const PACKAGED_WITH = {
  CODE_HMAC_KEY: 'hmac-key-that-must-not-be-deployed-in-clear',
  PHONE_INDEX_KEY: 'phone-index-key-that-must-not-be-deployed-in-clear',
  WECHAT_APP_SECRET: 'wechat-secret-that-must-not-be-deployed',
  WECHAT_MP_APP_SECRET: 'wechat-mp-secret-that-must-not-be-deployed',
  QQ_APP_SECRET: 'qq-secret-that-must-not-be-deployed',
  CONSOLE_ORIGINS: 'https://console.example.com, https://console2.example.com',
  SECRETS_PATH: '/elsewhere/secrets',
};

export interface Template {
  readonly Resources: Record<string, Resource>;
}

/** The CloudFormation template of a package. */
export const templateText = (folder: string): string =>
  readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
