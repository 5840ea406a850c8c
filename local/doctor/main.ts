import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SESClient } from '@aws-sdk/client-ses';
import { STSClient } from '@aws-sdk/client-sts';
import { checkSettings, deployedEnvironment } from '../../infrastructure/settings.ts';
import type { AwsClient } from '../../lib/aws/client.ts';
import { readSettings, type Settings } from '../../lib/config.ts';
import { tencentSmsService } from '../../lib/dependencies.ts';
import { routedSecrets } from '../../lib/messages/sms-settings.ts';
import { TENCENT_SMS_VERSION } from '../../lib/messages/tencent-sms.ts';
import { createSsmClient, readSecrets, type SecretName } from '../../lib/secret-store.ts';
import { SettingsError } from '../../lib/settings-error.ts';
import { tencentCalls } from '../../lib/tencent/call.ts';
import { callerOf } from '../dynamodb.ts';
import { type Environment, StartError, type WorldEnvironment, worldEnvironment } from '../environment.ts';
import { aws } from './aws.ts';
import { examine, failed, type Group, isHealthy, ok, report } from './check.ts';
import { laptop, worldAnswers } from './laptop.ts';
import { mail } from './mail.ts';
import { network } from './network.ts';
import { providers } from './providers.ts';
import { sms } from './sms.ts';

const USAGE = `Usage: npm run doctor [-- --stage NAME [--region NAME]] [--json]

Without a stage: whether npm start can run on this machine and, where it runs, whether all of it answers. With one: whether that
deployment is complete, by its settings (settings/NAME.yml and the environment) and the AWS credentials of this shell. It changes nothing
and sends nothing. Exit status 1 where anything failed.`;

const REGION = 'ap-southeast-1';

/** One attempt and a few seconds each: what does not answer is a finding. */
const QUICK = { maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } };

const settingsGroup = (environment: Environment): Group => ({
  title: 'Settings',
  checks: [
    {
      id: 'settings',
      run: async () => {
        try {
          checkSettings(environment, { isForReal: true });
          return ok('complete, and no placeholder is left');
        } catch (error) {
          if (!(error instanceof SettingsError)) throw error;
          return failed(error.problems.join('\n'), 'Mend them in settings/NAME.yml: docs/settings.md.');
        }
      },
    },
  ],
});

/** One secret, for whoever wants to see it; '' where it is not to be had, which the check of all secrets says. */
async function readSecret(settings: Settings, name: SecretName, client: AwsClient): Promise<string> {
  const found = await readSecrets(settings.secrets, [name], () => client).catch(() => undefined);
  return found?.[name] ?? '';
}

async function readAppSecrets(settings: Settings, ssm: AwsClient) {
  const [weChat, weChatMp, qq] = await Promise.all([
    readSecret(settings, 'WECHAT_APP_SECRET', ssm),
    settings.WECHAT_MP_APP_ID === '' ? '' : readSecret(settings, 'WECHAT_MP_APP_SECRET', ssm),
    readSecret(settings, 'QQ_APP_SECRET', ssm),
  ]);
  return { weChat, weChatMp, qq };
}

async function tencent(settings: Settings, ssm: AwsClient) {
  const [name] = routedSecrets(settings.SMS_ROUTES);
  if (name === undefined) return undefined;
  const service = tencentSmsService(settings, { [name]: await readSecret(settings, name, ssm) });
  return tencentCalls({ ...service, service: 'sms', version: TENCENT_SMS_VERSION }, fetch, Date.now);
}

async function deployment(stage: string, region: string, given: Environment): Promise<Group[]> {
  const environment = deployedEnvironment(stage, given);
  const groups = [settingsGroup(environment)];
  let settings: Settings;
  try {
    settings = readSettings(environment);
  } catch (error) {
    // Said above; the rest can't be looked at.
    if (error instanceof SettingsError) return groups;
    throw error;
  }
  const client = { region, ...QUICK };
  const dynamodb = new DynamoDBClient(client);
  const ssm = createSsmClient(callerOf(dynamodb));
  const clients = {
    ssm,
    sts: new STSClient(client),
    dynamodb,
    lambda: new LambdaClient(client),
    eventbridge: new EventBridgeClient(client),
  };
  const [secrets, call] = await Promise.all([readAppSecrets(settings, ssm), tencent(settings, ssm)]);
  return [
    ...groups,
    aws(clients, region, settings, environment),
    mail(new SESClient(client), settings),
    sms(new PinpointSMSVoiceV2Client(client), call, settings),
    providers(settings, secrets),
    network(settings),
  ];
}

/** This machine and, where the local world runs, all that can be asked of it. */
async function here(given: Environment): Promise<Group[]> {
  const groups = [laptop(given)];
  let world: WorldEnvironment;
  try {
    world = worldEnvironment(given);
  } catch (error) {
    // Said above; nothing runs by such settings.
    if (error instanceof StartError) return groups;
    throw error;
  }
  const { api, ports } = world;
  if (!(await worldAnswers(ports.api))) return groups;
  const settings = readSettings({ ...deployedEnvironment('local', {}), ...api });
  const secrets = {
    weChat: api['WECHAT_APP_SECRET'] ?? '',
    weChatMp: api['WECHAT_MP_APP_SECRET'] ?? '',
    qq: api['QQ_APP_SECRET'] ?? '',
  };
  return [...groups, providers(settings, secrets), network(settings)];
}

/** @returns the exit status, and what to print */
export async function main(
  args: readonly string[],
  environment: Environment,
  { isColoured = false } = {},
): Promise<{ readonly status: number; readonly output: string }> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { stage: text, region: text, json: flag, help: flag } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    return { status: 2, output: `${(error as Error).message}\n\n${USAGE}` };
  }
  if (values.help) return { status: 0, output: USAGE };
  if (values.region !== undefined && values.stage === undefined)
    return { status: 2, output: `--region goes with --stage.\n\n${USAGE}` };
  try {
    const groups =
      values.stage === undefined
        ? await here(environment)
        : await deployment(values.stage, values.region ?? REGION, environment);
    const examined = await examine(groups.filter(({ checks }) => checks.length > 0));
    const output = values.json ? JSON.stringify(examined, null, 2) : report(examined, { isColoured });
    return { status: isHealthy(examined) ? 0 : 1, output };
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error;
    return { status: 1, output: error.message };
  }
}

if (import.meta.main) {
  const { status, output } = await main(process.argv.slice(2), process.env, {
    isColoured: process.stdout.isTTY,
  });
  console.log(output);
  process.exitCode = status;
}
