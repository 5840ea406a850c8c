import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getMimeType } from 'hono/utils/mime';
import { cacheControl } from '../console/headers.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { consoleBuilt, startConsoleBuild } from '../local/console.ts';
import { type Environment, StartError } from '../local/environment.ts';
import { checkSettings, deployedEnvironment } from './settings.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist', 'site');
const REGION = 'ap-southeast-1';

const USAGE = `Usage: npm run deploy -- --stage NAME [--region NAME]

Deploys all there is of a stage, one after the other: the stack of its state, that of the service, and that of its sites where there are
any, with the files of the console. The settings are those of settings/NAME.yml and of the environment, which wins.`;

/** What a deployment does to the world; tests watch it. */
export interface Hands {
  /** Runs the framework. @returns whether it succeeded */
  readonly osls: (args: readonly string[]) => Promise<boolean>;
  /** Builds page and element. @returns the folder that has a folder of each name */
  readonly build: (settings: Readonly<Record<string, string>>) => Promise<string>;
  /** An output of a stack that has been deployed. */
  readonly output: (stack: string, name: string) => Promise<string>;
  readonly upload: (bucket: string, path: string, content: Buffer) => Promise<void>;
}

export interface Target {
  readonly stage: string;
  readonly region: string;
}

/** All files of a folder, by the path that they are served under; the page itself last, when all that it loads is there. */
function filesOf(folder: string, prefix: string): { path: string; file: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: prefix + file.slice(folder.length).replaceAll('\\', '/') }))
    .toSorted((one, other) => Number(one.path.endsWith('.html')) - Number(other.path.endsWith('.html')));
}

async function uploadConsole(hands: Hands, { stage }: Target, built: string): Promise<void> {
  const bucket = await hands.output(`account-linking-site-${stage}`, 'ConsoleFilesName');
  // What is there already stays: a page that is open goes on loading it.
  const files = [...filesOf(join(built, 'element'), '/element'), ...filesOf(join(built, 'page'), '')];
  for (const { path, file } of files) await hands.upload(bucket, path, readFileSync(file));
}

/**
 * Deploys a stage.
 *
 * @throws SettingsError before anything is done, where a setting is wrong or a placeholder; StartError where a step fails
 */
export async function deploy(hands: Hands, target: Target, environment: Environment): Promise<void> {
  const settings = deployedEnvironment(target.stage, environment);
  checkSettings(settings, { isForReal: true });
  const step = async (what: string, ...more: readonly string[]) => {
    const args = ['deploy', '--stage', target.stage, '--region', target.region, ...more];
    if (!(await hands.osls(args)))
      throw new StartError(`The deployment of ${what} failed; what was deployed before it stays.`);
  };
  // First of all, since nothing is to be deployed whose console can't be built.
  const built = settings['CONSOLE_DOMAIN'] ? await hands.build(settings) : undefined;
  await step('the state', '--config', 'serverless.state.yml');
  await step('the service');
  if (built !== undefined || settings['CLIENT_IP'] === 'cloudfront')
    await step('the site', '--config', 'serverless.site.yml');
  if (built !== undefined) await uploadConsole(hands, target, built);
}

function realHands({ region }: Target): Hands {
  const { resolve } = createRequire(import.meta.url);
  const cli = join(dirname(resolve('serverless/package.json')), 'bin', 'serverless.js');
  const stacks = new CloudFormationClient({ region });
  const files = new S3Client({ region });
  return {
    osls: (args) =>
      new Promise((settle) => {
        const child = spawn(process.execPath, [cli, ...args], { cwd: ROOT, stdio: 'inherit' });
        child.once('error', () => settle(false));
        child.once('exit', (code) => settle(code === 0));
      }),
    build: async (settings) => {
      const { PATH = '', HOME = '' } = process.env;
      const built = (what: 'page' | 'element') =>
        consoleBuilt(startConsoleBuild(what, BUILT, { PATH, HOME, ...settings }, () => undefined));
      await Promise.all([built('page'), built('element')]);
      return BUILT;
    },
    output: async (stack, name) => {
      const { Stacks: found = [] } = await stacks.send(new DescribeStacksCommand({ StackName: stack }));
      const value = found[0]?.Outputs?.find(({ OutputKey: key }) => key === name)?.OutputValue;
      if (value === undefined) throw new StartError(`The stack ${stack} has no output ${name}.`);
      return value;
    },
    upload: async (bucket, path, content) => {
      await files.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: path.slice(1),
          Body: content,
          ContentType: getMimeType(path) ?? 'application/octet-stream',
          CacheControl: cacheControl(path),
        }),
      );
    },
  };
}

function readTarget(args: readonly string[]): Target | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { stage: text, region: text } });
    return values.stage ? { stage: values.stage, region: values.region ?? REGION } : undefined;
  } catch {
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const target = readTarget(args);
  if (target === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    await deploy(realHands(target), target, process.env);
    return 0;
  } catch (error) {
    if (error instanceof SettingsError)
      console.error(
        `Nothing was deployed. The settings of ${target.stage}:\n${error.problems.map((line) => `  ${line}`).join('\n')}`,
      );
    else console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
