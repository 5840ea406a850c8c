import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '..', '..');

/** All that a deployment is made of. */
const DEPLOYED = [
  'functions',
  'lib',
  'infrastructure',
  'console/headers.ts',
  'package.json',
  'tsconfig.json',
  'serverless.yml',
  'serverless.state.yml',
  'serverless.site.yml',
];

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Record<string, never> & Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** What `osls package` makes. */
interface Packaged {
  /** Where the template and each function's zip are. */
  readonly folder: string;
  readonly remove: () => void;
}

const STAGE = 'prod';

/**
 * Packages all stacks as a deployment of the stage `prod` does, without credentials. In a copy of what is deployed: the framework
 * works in a folder of the service's, that a packaging by hand uses as well.
 *
 * @param settings of the environment
 * @param file what settings/prod.yml says
 */
export async function packageService(
  settings: Readonly<Record<string, string>>,
  file: string,
): Promise<Packaged> {
  const service = mkdtempSync(join(tmpdir(), 'account-linking-package-'));
  for (const name of DEPLOYED) cpSync(join(ROOT, name), join(service, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(service, 'node_modules'), 'dir');
  mkdirSync(join(service, 'settings'));
  writeFileSync(join(service, 'settings', `${STAGE}.yml`), file);
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
  const environment = Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const packaged = (stack: string) => join(service, 'packaged', stack);
  const serverless = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const run = (stack: string, ...more: string[]) =>
    promisify(execFile)(
      process.execPath,
      [serverless, 'package', '--stage', STAGE, '--package', packaged(stack), ...more],
      { cwd: service, env: { ...environment, ...settings } },
    );
  // One after the other: the framework begins each in the same folder `.serverless`, and empties it.
  for (const stack of ['state', 'site']) await run(stack, '--config', `serverless.${stack}.yml`);
  await run('service');
  return { folder: packaged('service'), remove: () => rmSync(service, { recursive: true, force: true }) };
}

/** What the run's one package is made with. */
export const PACKAGED_WITH = {
  CODE_HMAC_KEY: 'hmac-key-that-must-not-be-deployed-in-clear',
  PHONE_INDEX_KEY: 'phone-index-key-that-must-not-be-deployed-in-clear',
  WECHAT_APP_SECRET: 'wechat-secret-that-must-not-be-deployed',
  WECHAT_MP_APP_SECRET: 'wechat-mp-secret-that-must-not-be-deployed',
  QQ_APP_SECRET: 'qq-secret-that-must-not-be-deployed',
  SECRETS_PATH: '/elsewhere/secrets',
};

/** Its settings/prod.yml: all that an operator can have. */
export const PROD_SETTINGS = `CONSOLE_ORIGINS: [https://console.cloud.test, https://console2.cloud.test]
API_ORIGIN: https://api.cloud.test
BRAND_NAME: 云
MAIL_FROM: 云 <no-reply@cloud.test>
SMS_ORIGINATION_IDENTITY: CLOUD
WECHAT_APP_ID: wx0123456789abcdef
QQ_APP_ID: "0101000001"
KMS_KEY_ARN: arn:aws:kms:ap-southeast-1:123456789012:key/00000000-0000-0000-0000-000000000000
API_DOMAIN: api.cloud.test
API_CERTIFICATE_ARN: arn:aws:acm:ap-southeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000
THROTTLE_REQUESTS_PER_SECOND: 40
THROTTLE_BURST: 80
STREAM_PARALLELIZATION: 1
STREAM_RESERVED_CONCURRENCY: 20
CONSOLE_DOMAIN: console.cloud.test
EDGE_CERTIFICATE_ARN: arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000
EDGE_SECRET_ID: account-linking/edge
WEB_ACL_ARN: arn:aws:wafv2:us-east-1:123456789012:global/webacl/api/00000000-0000-0000-0000-000000000000
ALARM_TOPIC_ARN: arn:aws:sns:ap-southeast-1:123456789012:on-duty
TRACING: on
CANARY_ADDRESS: canary@cloud.test
CLIENT_IP: cloudfront
EDGE_SECRET_HASHES: ${'0'.repeat(64)}
`;

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Conditions?: Record<string, unknown>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>;
}

/** The CloudFormation template of a stack of a package; of the service where none is named. */
export const templateText = (folder: string, stack: 'service' | 'state' | 'site' = 'service'): string =>
  readFileSync(join(folder, '..', stack, 'cloudformation-template-update-stack.json'), 'utf8');
